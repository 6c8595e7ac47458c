import { invalidModelId, type LlamaModel, parseModelId } from "../../bedrock/index.js";
import { injectAt } from "../faults/index.js";
import type { ServerRequest } from "../request.js";
import type { Services } from "../services.js";
import { standInRefused } from "./stand-in.js";

/**
 * The model that a request names. This check comes before the body is read.
 *
 * @throws {BedrockException} there is no such model, or only a stand-in could answer and stand-ins are refused.
 */
export async function findModel(request: ServerRequest, services: Services): Promise<LlamaModel> {
  request.emit({ type: "modelNamed", modelId: request.resource });
  // check: model
  const parsed = parseModelId(request.resource);
  if (!parsed) throw invalidModelId();
  injectAt(request, "model");
  const { model } = parsed;
  if (services.strict && !(await services.fleet.serves(model))) throw standInRefused(model);
  return model;
}
