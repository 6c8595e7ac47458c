import { exceptionTypes } from "../../bedrock/index.js";
import { GEN_AI_PROVIDER, genAiOperation, type RequestEvent, type RequestWatcher } from "../observe/index.js";
import type { Instruments, TokenCount } from "./instruments.js";

/** The operation of a request for a path that neither Bedrock nor Cria has. */
const UNKNOWN = "unknown";

/** Measures every request. A scrape isn't one: it would find itself running. */
export function watchRequests(to: Instruments): RequestWatcher {
  return ({ startedAt }) => {
    const request = new MeasuredRequest(to, startedAt);
    return (event) => request.note(event);
  };
}

/** What another service calls its exception may be anything. */
function knownException(name: string | undefined): string {
  return name === undefined || Object.hasOwn(exceptionTypes, name) ? (name ?? "") : "other";
}

class MeasuredRequest {
  readonly #to: Instruments;
  readonly #startedAt: number;
  #operation = UNKNOWN;
  #routed = false;
  #model = "";
  #status = "";
  #exception = "";
  #abortedBy = "";
  #streamed = false;
  #tokens: TokenCount | undefined;
  #count = 0;
  #firstTokenAt = 0;

  constructor(to: Instruments, startedAt: number) {
    this.#to = to;
    this.#startedAt = startedAt;
  }

  note(event: RequestEvent): void {
    const to = this.#to;
    switch (event.type) {
      case "token":
        this.#noteToken(event.count);
        break;
      case "routed":
        this.#operation = event.operation;
        this.#routed = event.operation !== "Metrics";
        if (this.#routed) to.running.inc({ operation: event.operation });
        break;
      case "missing":
        this.#operation = event.operation;
        break;
      case "modelFound":
        this.#model = event.modelId;
        break;
      case "faultInjected":
        to.faults.inc({ kind: event.kind });
        break;
      case "admitted":
        to.queueWait.observe({ model: this.#model }, event.waitMs / 1000);
        break;
      case "promptCounted":
        this.#tokens = to.tokens(this.#operation, this.#model);
        this.#tokens.prompt += event.tokens;
        break;
      case "generationCounted":
        to.tokens(this.#operation, this.#model).generated += event.tokens;
        break;
      case "upstreamPassedOver":
        to.passedOver.inc({ model: this.#model, upstream: event.name });
        break;
      case "passedOn":
        this.#exception = knownException(event.exception);
        break;
      case "responded":
        this.#status = String(event.status);
        this.#streamed = event.streamed;
        if (event.streamed) to.streams.inc({ model: this.#model });
        break;
      case "stopped":
        this.#noteEnd();
        break;
      case "refused":
      case "failed":
        this.#exception = event.exception.type;
        break;
      case "aborted":
        this.#abortedBy = event.by;
        break;
      case "ended":
        this.#finish(event.durationMs);
    }
  }

  #noteToken(count: number): void {
    this.#count = count;
    if (this.#tokens) this.#tokens.generated += 1;
    if (count > 1) return;
    this.#firstTokenAt = performance.now();
    const labels = this.#genAi();
    if (labels) this.#to.firstToken.observe(labels, (this.#firstTokenAt - this.#startedAt) / 1000);
  }

  #noteEnd(): void {
    const labels = this.#genAi();
    if (!labels || this.#count < 2) return;
    const ms = (performance.now() - this.#firstTokenAt) / (this.#count - 1);
    this.#to.outputToken.observe(labels, ms / 1000);
  }

  #finish(durationMs: number): void {
    const to = this.#to;
    const [operation, model] = [this.#operation, this.#model];
    if (operation === "Metrics") return;
    if (this.#routed) to.running.dec({ operation });
    if (this.#streamed) to.streams.dec({ model });
    if (this.#abortedBy !== "") to.aborted.inc({ operation, model, by: this.#abortedBy });
    to.requests.inc({ operation, model, status: this.#status, exception: this.#exception });
    const labels = this.#genAi();
    const error = this.#exception === "" ? this.#abortedBy : this.#exception;
    if (labels) to.duration.observe({ ...labels, error_type: error }, durationMs / 1000);
  }

  /** Undefined if the operation doesn't generate. */
  #genAi(): Readonly<Record<string, string>> | undefined {
    const name = genAiOperation(this.#operation);
    return name === undefined
      ? undefined
      : {
          gen_ai_operation_name: name,
          gen_ai_provider_name: GEN_AI_PROVIDER,
          gen_ai_request_model: this.#model,
          operation: this.#operation,
        };
  }
}
