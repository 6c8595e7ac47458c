import { invalidModelId, type LlamaModel, parseModelId } from "../../bedrock/index.js";
import type { ApiRequest } from "../api-request.js";
import { strikeBefore } from "../faults/index.js";
import type { Services } from "../services.js";
import { standInRefused } from "./stand-in.js";

/**
 * The model that a request names: the check of the model id, before the body is even looked at.
 *
 * @param modelIdText - as in the path, decoded
 * @throws {BedrockException} there is no such model, or only a stand-in that is refused.
 */
export async function findModel(
  request: ApiRequest,
  services: Services,
  modelIdText: string,
): Promise<LlamaModel> {
  request.record.modelId = modelIdText;
  const parsed = parseModelId(modelIdText);
  if (!parsed) throw invalidModelId();
  strikeBefore(request, "model");
  const { model } = parsed;
  if (services.strict && !(await services.engines.serves(model))) throw standInRefused(model);
  return model;
}
