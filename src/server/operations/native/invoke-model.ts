import { encodeNativeResponse } from "../../../bedrock/index.js";
import type { ApiRequest } from "../../api-request.js";
import { type ApiResponse, wholeResponse } from "../../api-response.js";
import { standInHeader } from "../../cria-headers.js";
import { startGeneration, TokenMeter, wholeText } from "../../generation/index.js";
import type { Services } from "../../services.js";
import { readNativeInput } from "./native-input.js";

/** `POST /model/{modelId}/invoke`: the whole answer at once. */
export async function invokeModel(
  request: ApiRequest,
  services: Services,
  modelId: string,
): Promise<ApiResponse> {
  const input = await readNativeInput(request, services, modelId, "accept");
  const { generation, standIn } = await startGeneration(request, services, input);
  const meter = new TokenMeter(request);
  const { text, stopReason } = await wholeText(generation, meter);
  const body = encodeNativeResponse({
    generation: text,
    promptTokenCount: generation.promptTokens,
    generationTokenCount: meter.count,
    stopReason,
  });
  return wholeResponse(200, request.record.requestId, body, [
    ["X-Amzn-Bedrock-Invocation-Latency", String(Math.round(meter.elapsedMs))],
    ["X-Amzn-Bedrock-Output-Token-Count", String(meter.count)],
    ["X-Amzn-Bedrock-Input-Token-Count", String(generation.promptTokens)],
    ...standInHeader(standIn),
  ]);
}
