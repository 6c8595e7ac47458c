import { bitsPerWeight } from "./quantizations.js";
import type { ModelShape, QuantizedWeights } from "./weights.js";

/** llama.cpp stores keys and values in half precision by default (`type_k` and `type_v` of its contexts). */
const CACHE_NUMBER_BYTES = 2;

/** Tokens in llama.cpp's default batch (`n_ubatch`), and the bytes of a logit. Each token has one per vocabulary entry. */
const BATCH_TOKENS = 512;
const LOGIT_BYTES = 4;

/** What determines the memory of a running model, beside its weights. */
export type CacheShape = Pick<ModelShape, "layers" | "keyValueHeads" | "headSize" | "vocabulary">;

/**
 * The memory that a running model needs, in bytes:
 *
 *     weights + sequences × context × layers × 2 × heads × head size × 2 bytes + 512 × vocabulary × 4 bytes
 *
 * These are the bytes of all files, which llama.cpp maps; a key and a value for each token of each sequence in each layer (the
 * KV cache); and the logits, llama.cpp's largest buffer. The first two terms are exact. The third is inferred from the default
 * batch, and smaller buffers are left out. For Llama 4 the result is too high: some of its layers attend to fewer tokens.
 *
 * @param weightBytes - the size of the file, or of all its parts
 * @param sequences - concurrent generations
 * @param contextSize - tokens in the context of each
 */
export function memoryNeed(
  weightBytes: number,
  shape: CacheShape,
  sequences: number,
  contextSize: number,
): number {
  const perToken = shape.layers * 2 * shape.keyValueHeads * shape.headSize * CACHE_NUMBER_BYTES;
  const buffers = BATCH_TOKENS * shape.vocabulary * LOGIT_BYTES;
  return weightBytes + sequences * contextSize * perToken + buffers;
}

/**
 * The size of weights by the catalogue, in bytes: exact if known, else rounded as on the hub's page, else parameters times bits
 * per weight.
 */
export function weightBytes({ files, quantization }: QuantizedWeights, shape: ModelShape): number {
  const sizes = files.map(({ bytes, roundedBytes }) => bytes ?? roundedBytes);
  const known = sizes.filter((size) => size !== undefined);
  if (known.length === sizes.length) return known.reduce((sum, size) => sum + size, 0);
  const bits = bitsPerWeight(quantization);
  if (bits === undefined) throw new RangeError(`The catalogue has the unknown quantization ${quantization}.`);
  return Math.round((shape.parameters * bits) / 8);
}
