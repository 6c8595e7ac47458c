import {
  invalidModelId,
  isOnDemand,
  type LlamaModel,
  onDemandUnsupported,
  type ParsedModelId,
  parseModelId,
  parseOpaqueArn,
} from "../../bedrock/index.js";
import { injectAt } from "../faults/index.js";
import { AmazonBedrock } from "../passthrough/index.js";
import { requestRegion } from "../request-region.js";
import type { ServerRequest } from "../request.js";
import type { Services } from "../services.js";
import { standInRefused } from "./stand-in.js";

/** What the model is wanted for. */
export interface ModelUse {
  /**
   * Whether the operation generates. CountTokens doesn't, and is documented to take the ids and ARNs of models alone (API reference).
   * @default true
   */
  readonly generates?: boolean;
}

/**
 * The model that a request names. This check comes before the body is read (recorded).
 *
 * @throws {BedrockException} there is no such model; it can be called only through an inference profile, and such ids are refused; or
 * only a stand-in could answer, and stand-ins are refused.
 */
export async function findModel(
  request: ServerRequest,
  services: Services,
  { generates = true }: ModelUse = {},
): Promise<LlamaModel> {
  const { resource } = request;
  request.emit({ type: "modelNamed", modelId: resource });
  // check: model
  const parsed = parseModelId(resource);
  const model = parsed?.model ?? services.modelMap.modelBehind(resource);
  if (!model) {
    if (parseOpaqueArn(resource)) request.emit({ type: "advised", advice: MAP_IT });
    throw invalidModelId();
  }
  request.emit({ type: "modelFound", modelId: model.id, mapped: !parsed });
  if (parsed && services.strictIds && generates && !isAmazons(model, services)) refuseBareId(request, parsed);
  injectAt(request, "model");
  if (services.strict && !(await services.fleet.serves(model))) throw standInRefused(model);
  return model;
}

/** Whether Amazon is the first to answer for a model, and decides itself which ids it takes. */
function isAmazons(model: LlamaModel, { upstreams }: Services): boolean {
  return upstreams.get(model.id)?.[0] instanceof AmazonBedrock;
}

const MAP_IT = "Tell Cria which Llama model is behind this ARN: --model-map ARN=ID";

/** That this comes before all checks of the body is recorded: a request that would be refused for its tools gets this message. */
function refuseBareId(request: ServerRequest, { profile, model, modelId, region }: ParsedModelId): void {
  if (profile !== undefined || isOnDemand(model, modelId, region ?? requestRegion(request))) return;
  throw onDemandUnsupported(modelId);
}
