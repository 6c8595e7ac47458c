import { foundationModel, invalidModelId, parseModelId } from "../../../bedrock/index.js";
import type { ApiRequest } from "../../api-request.js";
import { type ApiResponse, wholeResponse } from "../../api-response.js";
import { strikeWhole } from "../../faults/index.js";
import type { Services } from "../../services.js";
import { requestRegion } from "./query.js";

/**
 * `GET /foundation-models/{modelIdentifier}`: one Llama model, by its id or ARN (control plane). An inference profile stands for
 * the model it routes to. That an unknown id is refused in the words of InvokeModel is inferred.
 */
export async function getFoundationModel(
  request: ApiRequest,
  _services: Services,
  id: string,
): Promise<ApiResponse> {
  const { record } = request;
  record.modelId = id;
  const parsed = parseModelId(id);
  if (!parsed) throw invalidModelId();
  await strikeWhole(request);
  const region = parsed.profile === undefined ? parsed.region : undefined;
  const modelDetails = foundationModel(parsed.model, parsed.modelId, region ?? requestRegion(request));
  return wholeResponse(200, record.requestId, JSON.stringify({ modelDetails }));
}
