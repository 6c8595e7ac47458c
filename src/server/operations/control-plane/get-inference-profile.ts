import { inferenceProfile, inferenceProfileNotFound, parseModelId } from "../../../bedrock/index.js";
import type { ApiRequest } from "../../api-request.js";
import { type ApiResponse, wholeResponse } from "../../api-response.js";
import { strikeWhole } from "../../faults/index.js";
import type { Services } from "../../services.js";
import { requestRegion } from "./query.js";

/** `GET /inference-profiles/{inferenceProfileIdentifier}`: one inference profile, by its id or ARN (control plane). */
export async function getInferenceProfile(
  request: ApiRequest,
  _services: Services,
  id: string,
): Promise<ApiResponse> {
  const { record } = request;
  record.modelId = id;
  const parsed = parseModelId(id);
  // a model itself is no profile
  if (parsed?.profile === undefined) throw inferenceProfileNotFound();
  await strikeWhole(request);
  const { profile, model, region = requestRegion(request) } = parsed;
  return wholeResponse(200, record.requestId, JSON.stringify(inferenceProfile(profile, model, region)));
}
