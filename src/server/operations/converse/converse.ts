import { type ConverseStopReason, encodeConverseResponse } from "../../../bedrock/index.js";
import type { ApiRequest } from "../../api-request.js";
import { type ApiResponse, wholeResponse } from "../../api-response.js";
import { standInHeader } from "../../cria-headers.js";
import { startGeneration, TokenMeter } from "../../generation/index.js";
import type { Services } from "../../services.js";
import { converseDeltas } from "./converse-deltas.js";
import { converseFields } from "./converse-fields.js";
import { readConverseInput } from "./converse-input.js";

/** `POST /model/{modelId}/converse`: the whole turn at once. */
export async function converse(
  request: ApiRequest,
  services: Services,
  modelId: string,
): Promise<ApiResponse> {
  const input = await readConverseInput(request, services, modelId, { streaming: false });
  const { generation, standIn } = await startGeneration(request, services, input);
  const meter = new TokenMeter(request);
  let text = "";
  let stopReason: ConverseStopReason = "end_turn";
  for await (const delta of converseDeltas(generation, input.stopSequences, meter)) {
    text += delta.text;
    stopReason = delta.stopReason ?? stopReason;
  }
  const body = encodeConverseResponse({
    text,
    stopReason,
    usage: { inputTokens: generation.promptTokens, outputTokens: meter.count },
    latencyMs: meter.elapsedMs,
    additionalFields: converseFields(input, generation, meter, text, stopReason),
  });
  return wholeResponse(200, request.record.requestId, body, standInHeader(standIn));
}
