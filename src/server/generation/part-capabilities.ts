import type { LlamaModel, PartCapabilities } from "../../bedrock/index.js";
import type { Fleet } from "../../fleet/index.js";

/** The parts of a message that a model can take: those that the model and its engine both support. The prompt can write all of them. */
export function partCapabilities(model: LlamaModel, fleet: Fleet): PartCapabilities {
  const engine = fleet.capabilities(model);
  return {
    images: model.vision && engine.images,
    documents: model.documents,
    tools: model.tools,
  };
}
