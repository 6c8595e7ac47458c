import type { LlamaModel, PartCapabilities } from "../../bedrock/index.js";
import type { Fleet } from "../../fleet/index.js";
import { RENDERED_PARTS } from "../../prompt/index.js";

/** The parts of a message that a model takes here: those that it was trained on, that its prompt can hold, and that its engine takes. */
export function partCapabilities(model: LlamaModel, fleet: Fleet): PartCapabilities {
  const engine = fleet.capabilities(model);
  return {
    images: model.vision && engine.images && RENDERED_PARTS.images,
    tools: RENDERED_PARTS.tools,
  };
}
