import type { LlamaModel, PartCapabilities } from "../../bedrock/index.js";
import type { Fleet } from "../../fleet/index.js";
import { RENDERED_PARTS } from "../../prompt/index.js";

/** The parts of a message that a model can take: those that the model, its prompt format and its engine all support. */
export function partCapabilities(model: LlamaModel, fleet: Fleet): PartCapabilities {
  const engine = fleet.capabilities(model);
  return {
    images: model.vision && engine.images && RENDERED_PARTS.images,
    documents: model.documents && RENDERED_PARTS.documents,
    tools: model.tools && RENDERED_PARTS.tools,
  };
}
