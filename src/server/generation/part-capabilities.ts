import type { LlamaModel, PartCapabilities } from "../../bedrock/index.js";
import type { Services } from "../services.js";

/**
 * The parts of a message that a model can take: those that the model and its engine both support. The prompt can write all of them. Images are read also where
 * another upstream may take them: an engine that sees none refuses them itself then.
 */
export function partCapabilities(model: LlamaModel, { fleet, passesOn = false }: Services): PartCapabilities {
  const engine = fleet.capabilities(model);
  return {
    images: model.vision && (engine.images || passesOn),
    documents: model.documents,
    tools: model.tools,
  };
}
