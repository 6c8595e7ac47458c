import {
  chunkFrames,
  type ExceptionType,
  JSON_TYPE,
  type NativeLlamaResponse,
} from "../../../bedrock/index.js";
import type { Generation } from "../../../engine/index.js";
import { isInjecting } from "../../faults/index.js";
import { endedWithoutReason, startGeneration, TokenMeter } from "../../generation/index.js";
import { streamReply } from "../../reply.js";
import { modelOperation } from "../model-operation.js";
import { readNativeInput } from "./native-input.js";

/** The exceptions that may end the stream (API model, `ResponseStream`). */
const STREAM_EXCEPTIONS: ReadonlySet<ExceptionType> = new Set<ExceptionType>([
  "InternalServerException",
  "ModelStreamErrorException",
  "ModelTimeoutException",
  "ServiceUnavailableException",
  "ThrottlingException",
  "ValidationException",
]);

/** `POST /model/{modelId}/invoke-with-response-stream`: a frame for each token, sent as soon as the token is decoded. */
export const invokeModelWithResponseStream = modelOperation({
  name: "InvokeModelWithResponseStream",
  path: "/model/:id/invoke-with-response-stream",
  async answer(request, services, model) {
    const input = await readNativeInput(request, services, model, "x-amzn-bedrock-accept");
    const generation = await startGeneration(request, services, input, { patient: true });
    const meter = new TokenMeter(request);
    const { promptTokens } = generation;
    const emptyChunk = () => ({
      generation: "",
      promptTokenCount: meter.count === 0 ? promptTokens : null,
      generationTokenCount: meter.count,
      stopReason: null,
    });
    const stream = {
      events: chunks(generation, meter),
      frames: chunkFrames(services.padding, emptyChunk),
      exceptions: STREAM_EXCEPTIONS,
      awaitsEngine: () => !isInjecting(request),
    };
    return streamReply(stream, { contentType: JSON_TYPE, ...input.echoed });
  },
});

async function* chunks(
  generation: Generation,
  meter: TokenMeter,
): AsyncGenerator<NativeLlamaResponse, void, undefined> {
  for await (const token of generation) {
    const { text, stopReason } = token;
    const count = meter.add();
    const chunk = {
      generation: text,
      promptTokenCount: count === 1 ? generation.promptTokens : null,
      generationTokenCount: count,
      stopReason,
    };
    if (stopReason === null) {
      yield chunk;
      continue;
    }
    meter.end(stopReason);
    const metrics = {
      inputTokenCount: generation.promptTokens,
      outputTokenCount: count,
      invocationLatency: meter.elapsedMs,
      firstByteLatency: meter.firstTokenMs,
    };
    yield { ...chunk, metrics };
    return;
  }
  throw endedWithoutReason();
}
