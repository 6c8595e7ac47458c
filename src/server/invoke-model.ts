import { encodeNativeResponse } from "../bedrock/index.js";
import { EngineStoppedError, type StopReason } from "../engine/index.js";
import type { ApiRequest } from "./api-request.js";
import { wholeResponse, type ApiResponse } from "./api-response.js";
import { headerText, STAND_IN_HEADER } from "./cria-headers.js";
import type { Services } from "./services.js";
import { startGeneration } from "./start-generation.js";

/** `POST /model/{modelId}/invoke`: the whole answer at once. */
export async function invokeModel(
  request: ApiRequest,
  services: Services,
  modelId: string,
): Promise<ApiResponse> {
  const { record } = request;
  const { generation, standIn } = await startGeneration(request, services, modelId, "accept");
  let text = "";
  let count = 0;
  let stopReason: StopReason | null = null;
  for await (const token of generation) {
    if (count === 0) record.timeToFirstTokenMs = performance.now() - request.startedAt;
    text += token.text;
    count += 1;
    record.generatedTokens = count;
    stopReason = token.stopReason;
  }
  if (stopReason === null) throw new EngineStoppedError("The generation ended without a reason.");
  record.stopReason = stopReason;
  const body = encodeNativeResponse({
    generation: text,
    promptTokenCount: generation.promptTokens,
    generationTokenCount: count,
    stopReason,
  });
  return wholeResponse(200, record.requestId, body, [
    ["X-Amzn-Bedrock-Invocation-Latency", String(Math.round(performance.now() - request.startedAt))],
    ["X-Amzn-Bedrock-Output-Token-Count", String(count)],
    ["X-Amzn-Bedrock-Input-Token-Count", String(generation.promptTokens)],
    ...(standIn === undefined ? [] : [[STAND_IN_HEADER, headerText(standIn)] as const]),
  ]);
}
