import {
  type BedrockException,
  type ConverseEvent,
  eventFrames,
  type ExceptionType,
  type LlamaFamily,
} from "../../../bedrock/index.js";
import type { Generation } from "../../../engine/index.js";
import { isInjecting } from "../../faults/index.js";
import { startGeneration, TokenMeter } from "../../generation/index.js";
import { streamReply } from "../../reply.js";
import type { ServerRequest } from "../../request.js";
import type { Services } from "../../services.js";
import { modelOperation } from "../model-operation.js";
import { converseDeltas } from "./converse-deltas.js";
import { converseFields } from "./converse-fields.js";
import { type ConverseInput, readConverseInput } from "./converse-input.js";
import { overrunOf } from "./overrun.js";

/** The exceptions that may end the stream (API model, `ConverseStreamOutput`): no time-out, unlike InvokeModel's stream. */
const STREAM_EXCEPTIONS: ReadonlySet<ExceptionType> = new Set<ExceptionType>([
  "InternalServerException",
  "ModelStreamErrorException",
  "ServiceUnavailableException",
  "ThrottlingException",
  "ValidationException",
]);

/** `POST /model/{modelId}/converse-stream`: an event for each token, sent as soon as the token is decoded. */
export const converseStream = modelOperation({
  name: "ConverseStream",
  path: "/model/:id/converse-stream",
  async answer(request, services, model) {
    const input = await readConverseInput(request, services, model, { streaming: true });
    return streamReply({
      events: await startEvents(request, services, input),
      frames: eventFrames(services.padding),
      exceptions: STREAM_EXCEPTIONS,
      awaitsEngine: () => !isInjecting(request),
    });
  },
});

/** The models that refuse a prompt which is too long before the stream starts. See {@link startEvents} for the others. */
const EARLY_FAMILIES: ReadonlySet<LlamaFamily> = new Set<LlamaFamily>(["llama-2", "llama-3"]);

/**
 * Starts the generation.
 *
 * A prompt that is too long is refused before the stream by Llama 2 and 3, and inside it by the models from Llama 3.1 on: the response
 * has status 200 and an exception (quoted by users, of Llama 3.1 70B; for Llama 2 and 3 inferred). That no event comes before it is
 * inferred.
 *
 * @throws what {@link startGeneration} throws.
 */
async function startEvents(
  request: ServerRequest,
  services: Services,
  input: ConverseInput,
): Promise<AsyncIterable<ConverseEvent>> {
  try {
    const generation = await startGeneration(request, services, input, { patient: true });
    return events(generation, new TokenMeter(request), input);
  } catch (error) {
    const overrun = overrunOf(error);
    if (!overrun) throw error;
    if (EARLY_FAMILIES.has(input.model.family)) throw overrun;
    return failedEvents(overrun);
  }
}

/** A stream that is nothing but an exception. */
function failedEvents(exception: BedrockException): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(exception) }) };
}

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
    if (stopReason !== null) meter.end(stopReason);
    yield { type: "contentBlockDelta", text };
    if (stopReason === null) continue;
    yield { type: "contentBlockStop" };
    const additionalFields = converseFields(input, generation, meter, whole, stopReason);
    yield { type: "messageStop", stopReason, additionalFields };
    const usage = { inputTokens: generation.promptTokens, outputTokens: meter.count };
    yield { type: "metadata", usage, latencyMs: meter.elapsedMs, echoed: input.echoed };
  }
}
