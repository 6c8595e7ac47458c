import { type ConverseEvent, eventFrames, type ExceptionType } from "../../../bedrock/index.js";
import type { Generation } from "../../../engine/index.js";
import { isInjecting } from "../../faults/index.js";
import { startGeneration, TokenMeter } from "../../generation/index.js";
import { streamReply } from "../../reply.js";
import type { Operation } from "../operation.js";
import { converseDeltas } from "./converse-deltas.js";
import { converseFields } from "./converse-fields.js";
import { type ConverseInput, readConverseInput } from "./converse-input.js";

/** The exceptions that may end the stream (API model, `ConverseStreamOutput`): no time-out, unlike InvokeModel's stream. */
const STREAM_EXCEPTIONS: ReadonlySet<ExceptionType> = new Set<ExceptionType>([
  "InternalServerException",
  "ModelStreamErrorException",
  "ServiceUnavailableException",
  "ThrottlingException",
  "ValidationException",
]);

/** `POST /model/{modelId}/converse-stream`: an event for each token, sent as soon as the token is decoded. */
export const converseStream: Operation = {
  name: "ConverseStream",
  method: "POST",
  path: "/model/:id/converse-stream",
  async run(request, services) {
    const input = await readConverseInput(request, services, { streaming: true });
    const generation = await startGeneration(request, services, input, { patient: true });
    return streamReply({
      events: events(generation, new TokenMeter(request), input),
      frames: eventFrames(services.padding),
      exceptions: STREAM_EXCEPTIONS,
      awaitsEngine: () => !isInjecting(request),
    });
  },
};

async function* events(
  generation: Generation,
  meter: TokenMeter,
  input: ConverseInput,
): AsyncGenerator<ConverseEvent, void, undefined> {
  // the text is kept only if a response field is requested
  const keepText = input.responseFieldPaths.length > 0;
  let whole = "";
  yield { type: "messageStart" };
  for await (const { text, stopReason } of converseDeltas(generation, input.stopSequences, meter)) {
    if (keepText) whole += text;
    yield { type: "contentBlockDelta", text };
    if (stopReason === null) continue;
    yield { type: "contentBlockStop" };
    const additionalFields = converseFields(input, generation, meter, whole, stopReason);
    yield { type: "messageStop", stopReason, additionalFields };
    const usage = { inputTokens: generation.promptTokens, outputTokens: meter.count };
    yield { type: "metadata", usage, latencyMs: meter.elapsedMs, echoed: input.echoed };
  }
}
