import {
  chunkFrames,
  type ExceptionType,
  JSON_TYPE,
  type NativeLlamaResponse,
} from "../../../bedrock/index.js";
import type { Generation } from "../../../engine/index.js";
import type { ApiRequest } from "../../api-request.js";
import { type ApiResponse, streamResponse } from "../../api-response.js";
import { standInHeader } from "../../cria-headers.js";
import { isStruck } from "../../faults/index.js";
import { startGeneration, endedWithoutReason, TokenMeter } from "../../generation/index.js";
import type { Services } from "../../services.js";
import { readNativeInput } from "./native-input.js";

/** What may end the stream (API model, `ResponseStream`). */
const STREAM_EXCEPTIONS: ReadonlySet<ExceptionType> = new Set<ExceptionType>([
  "InternalServerException",
  "ModelStreamErrorException",
  "ModelTimeoutException",
  "ServiceUnavailableException",
  "ThrottlingException",
  "ValidationException",
]);

/** `POST /model/{modelId}/invoke-with-response-stream`: a frame a token, each sent when it's decoded. */
export async function invokeModelWithResponseStream(
  request: ApiRequest,
  services: Services,
  modelId: string,
): Promise<ApiResponse> {
  const input = await readNativeInput(request, services, modelId, "x-amzn-bedrock-accept");
  const { generation, standIn } = await startGeneration(request, services, input, { patient: true });
  const meter = new TokenMeter(request);
  const { promptTokens } = generation;
  const emptyChunk = () => ({
    generation: "",
    promptTokenCount: meter.count === 0 ? promptTokens : null,
    generationTokenCount: meter.count,
    stopReason: null,
  });
  return streamResponse(
    request.record.requestId,
    {
      events: chunks(generation, meter),
      frames: chunkFrames(services.padding, emptyChunk),
      exceptions: STREAM_EXCEPTIONS,
      awaitsEngine: () => !isStruck(request),
    },
    [["X-Amzn-Bedrock-Content-Type", JSON_TYPE], ...standInHeader(standIn)],
  );
}

async function* chunks(
  generation: Generation,
  meter: TokenMeter,
): AsyncGenerator<NativeLlamaResponse, void, undefined> {
  for await (const token of generation) {
    const { text, stopReason } = token;
    const count = meter.add(token);
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
