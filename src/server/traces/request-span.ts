import { type Attributes, type Span, SpanStatusCode } from "@opentelemetry/api";

import { exceptionTypes, type BedrockException } from "../../bedrock/index.js";
import { GEN_AI_PROVIDER, genAiOperation, type RequestEvent, watchesServer } from "../observe/index.js";

/**
 * Whether an exception is the server's failure, which the span's status says: from 500 on, as the semantic conventions for HTTP servers have it, and 424,
 * by which Bedrock tells that the model failed, also in mid-stream.
 */
const isServerFailure = (status: number): boolean => status >= 500 || status === 424;

/** Turns the events of a request into the attributes of its span. No event has text of a prompt or an answer. */
export class RequestSpan {
  readonly #span: Span;
  #operation = "";
  #tokens = 0;
  #isWanted = true;

  constructor(span: Span) {
    this.#span = span;
  }

  /** Notes an event. Tokens aside, each sets a few attributes. */
  note(event: RequestEvent): void {
    switch (event.type) {
      case "token":
        this.#tokens = event.count;
        if (event.count === 1) this.#span.addEvent("first_token");
        break;
      case "routed":
        this.#isWanted = !watchesServer(event.operation);
        this.#route(event.operation);
        break;
      case "missing":
        this.#route(event.operation);
        break;
      case "modelNamed":
        this.#set({ "gen_ai.request.model": event.modelId });
        break;
      case "modelFound":
        // a caller's own text isn't for a name, of which there should be few
        this.#span.updateName(`${genAiOperation(this.#operation) ?? this.#operation} ${event.modelId}`);
        break;
      case "modelChosen":
        this.#set({ "gen_ai.response.model": event.name, "cria.stand_in": event.standIn });
        break;
      case "generationAsked":
        this.#set({
          "gen_ai.request.max_tokens": event.maxTokens,
          "gen_ai.request.temperature": event.temperature,
          "gen_ai.request.top_p": event.topP,
        });
        break;
      case "admitted":
        this.#set({ "cria.queue_wait": event.waitMs / 1000 });
        break;
      case "promptCounted":
        this.#set({ "gen_ai.usage.input_tokens": event.tokens });
        break;
      case "faultInjected":
        this.#span.addEvent("fault_injected", { "cria.fault": event.kind });
        break;
      case "generationCounted":
        this.#tokens = event.tokens;
        break;
      case "upstreamPassedOver":
        this.#span.addEvent("upstream_passed_over", { "cria.upstream": event.name });
        break;
      case "passedOn":
        if (event.requestId !== undefined) this.#set({ "cria.upstream_request_id": event.requestId });
        if (event.exception !== undefined) this.#set({ "error.type": event.exception });
        break;
      case "responded":
        this.#set({ "http.response.status_code": event.status });
        break;
      case "stopped":
        this.#set({ "gen_ai.response.finish_reasons": [event.reason] });
        break;
      case "refused":
      case "failed":
        this.#fail(event.exception);
        break;
      case "aborted":
        this.#set({ "error.type": `aborted_by_${event.by}` });
        if (event.by === "server") this.#span.setStatus({ code: SpanStatusCode.ERROR });
        break;
      case "ended":
        this.#end();
    }
  }

  #route(operation: string): void {
    this.#operation = operation;
    const genAi = genAiOperation(operation);
    this.#span.updateName(genAi ?? operation);
    this.#set({
      "rpc.method": operation,
      ...(genAi !== undefined && {
        "gen_ai.operation.name": genAi,
        "gen_ai.provider.name": GEN_AI_PROVIDER,
      }),
    });
  }

  #fail({ type }: BedrockException): void {
    this.#set({ "error.type": type });
    if (isServerFailure(exceptionTypes[type])) this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }

  #end(): void {
    if (this.#tokens > 0) this.#set({ "gen_ai.usage.output_tokens": this.#tokens });
    // one that isn't ended is never sent
    if (this.#isWanted) this.#span.end();
  }

  #set(attributes: Attributes): void {
    this.#span.setAttributes(attributes);
  }
}
