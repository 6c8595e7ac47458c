import { encodeChunkFrame, encodeExceptionFrame, type InvocationMetrics } from "../bedrock/index.js";
import { EngineStoppedError, type Generation } from "../engine/index.js";
import type { ApiRequest } from "./api-request.js";
import { streamResponse, type ApiResponse } from "./api-response.js";
import { headerText, STAND_IN_HEADER } from "./cria-headers.js";
import { isClientsDoing, recordException, toStreamException } from "./exception-mapping.js";
import type { Services } from "./services.js";
import { startGeneration } from "./start-generation.js";

/** `POST /model/{modelId}/invoke-with-response-stream`: a frame a token, each sent when it's decoded. */
export async function invokeModelWithResponseStream(
  request: ApiRequest,
  services: Services,
  modelId: string,
): Promise<ApiResponse> {
  const { generation, standIn } = await startGeneration(request, services, modelId, "x-amzn-bedrock-accept");
  const extra = standIn === undefined ? [] : ([[STAND_IN_HEADER, headerText(standIn)]] as const);
  return streamResponse(request.record.requestId, frames(generation, request, services), extra);
}

async function* frames(
  generation: Generation,
  request: ApiRequest,
  { padding }: Services,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { record, startedAt } = request;
  let count = 0;
  let firstByteLatency = 0;
  try {
    for await (const { text, stopReason } of generation) {
      if (count === 0) record.timeToFirstTokenMs = firstByteLatency = performance.now() - startedAt;
      record.generatedTokens = count += 1;
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
      record.stopReason = stopReason;
      const metrics: InvocationMetrics = {
        inputTokenCount: generation.promptTokens,
        outputTokenCount: count,
        invocationLatency: performance.now() - startedAt,
        firstByteLatency,
      };
      yield encodeChunkFrame({ ...chunk, metrics }, padding);
      return;
    }
    throw new EngineStoppedError("The generation ended without a reason.");
  } catch (error) {
    if (isClientsDoing(error)) throw error;
    // status 200 is out: this frame is the one way to tell every SDK, and none takes it for a reason to ask again
    const exception = toStreamException(error);
    recordException(record, exception);
    yield encodeExceptionFrame(exception);
  }
}
