import { encodeChunkFrame, type ExceptionType, JSON_TYPE } from "../../../bedrock/index.js";
import type { ApiRequest } from "../../api-request.js";
import { type ApiResponse, streamResponse } from "../../api-response.js";
import { standInHeader } from "../../cria-headers.js";
import {
  lastFrame,
  type StartedGeneration,
  startGeneration,
  endedWithoutReason,
  TokenMeter,
} from "../../generation/index.js";
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
  const started = await startGeneration(request, services, input, { patient: true });
  return streamResponse(request.record.requestId, frames(started, request, services), [
    ["X-Amzn-Bedrock-Content-Type", JSON_TYPE],
    ...standInHeader(started.standIn),
  ]);
}

async function* frames(
  { generation, waitingFrames }: StartedGeneration,
  request: ApiRequest,
  { padding }: Services,
): AsyncGenerator<Uint8Array, void, undefined> {
  const meter = new TokenMeter(request);
  try {
    yield* waitingFrames;
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
        yield encodeChunkFrame(chunk, padding);
        continue;
      }
      const metrics = {
        inputTokenCount: generation.promptTokens,
        outputTokenCount: count,
        invocationLatency: meter.elapsedMs,
        firstByteLatency: meter.firstTokenMs,
      };
      yield encodeChunkFrame({ ...chunk, metrics }, padding);
      return;
    }
    throw endedWithoutReason();
  } catch (error) {
    yield lastFrame(error, request, STREAM_EXCEPTIONS);
  }
}
