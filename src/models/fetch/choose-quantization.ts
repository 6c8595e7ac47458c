import { formatBytes } from "../../store/index.js";
import { weightBytes } from "../catalogue/memory-need.js";
import type { LlamaWeights, QuantizedWeights } from "../catalogue/weights.js";
import { NoWeightsError } from "../no-weights-error.js";

/**
 * The rounding that was asked for, in upper or lower case; the recommended one where none was.
 *
 * @throws {NoWeightsError} there is none, or not this one
 */
export function chooseQuantization(weights: LlamaWeights, asked?: string): QuantizedWeights {
  const { modelId, quantizations, none = "" } = weights;
  const [recommended] = quantizations;
  if (recommended === undefined) throw new NoWeightsError(modelId, undefined, `${modelId}: ${none}.`);
  if (asked === undefined) return recommended;
  const found = quantizations.find(({ quantization }) => quantization === asked.toUpperCase());
  if (found !== undefined) return found;
  const choices = quantizations
    .map((choice) => `${choice.quantization} (${formatBytes(weightBytes(choice, weights.shape))})`)
    .join(", ");
  throw new NoWeightsError(
    modelId,
    asked,
    `There is no ${asked} of ${modelId} in the catalogue: ${choices}.`,
  );
}
