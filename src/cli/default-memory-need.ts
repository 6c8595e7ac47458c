import { DEFAULT_CONTEXT_SIZE, DEFAULT_SEQUENCES } from "../engine/index.js";
import { type LlamaWeights, memoryNeed, type QuantizedWeights, weightBytes } from "../models/index.js";

/** Memory that a rounding of a model's weights takes in a server that is told nothing else, in bytes. */
export function defaultMemoryNeed({ shape, contextSize }: LlamaWeights, choice: QuantizedWeights): number {
  const context = Math.min(DEFAULT_CONTEXT_SIZE, contextSize);
  return memoryNeed(weightBytes(choice, shape), shape, DEFAULT_SEQUENCES, context);
}
