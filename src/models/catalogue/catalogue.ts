import { llamaModels, parseModelId } from "../../bedrock/index.js";
import { UnknownModelError } from "../errors.js";
import { llama2Weights } from "./llama-2.js";
import { llama31Weights } from "./llama-3-1.js";
import { llama3Weights } from "./llama-3.js";
import { llama4Weights } from "./llama-4.js";
import type { LlamaWeights } from "./weights.js";

const all = new Map(
  [...llama2Weights, ...llama3Weights, ...llama31Weights, ...llama4Weights].map((weights) => [
    weights.modelId,
    weights,
  ]),
);

/** The weights of every Llama model that Bedrock offers or offered, in its order. */
export const catalogue: readonly LlamaWeights[] = llamaModels.flatMap(({ id }) => all.get(id) ?? []);

/**
 * Looks up the weights of a model.
 *
 * @param modelId - in any form that Bedrock takes: a model id, an inference profile id, or an ARN of either
 * @throws {UnknownModelError} it names no Llama model on Bedrock
 */
export function weightsOf(modelId: string): LlamaWeights {
  const weights = all.get(parseModelId(modelId)?.model.id ?? "");
  if (weights === undefined) throw new UnknownModelError(modelId);
  return weights;
}
