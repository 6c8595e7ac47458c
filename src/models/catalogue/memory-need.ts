import { bitsPerWeight } from "./quantizations.js";
import type { ModelShape, QuantizedWeights } from "./weights.js";

/** llama.cpp keeps keys and values in half precision unless told otherwise (`type_k` and `type_v` of its contexts). */
const CACHE_NUMBER_BYTES = 2;

/** Tokens that llama.cpp computes at once (`n_ubatch`), and the bytes of a result of each for every token it could be. */
const BATCH_TOKENS = 512;
const LOGIT_BYTES = 4;

/** What the memory of a running model follows from. */
export type CacheShape = Pick<ModelShape, "layers" | "keyValueHeads" | "headSize" | "vocabulary">;

/**
 * Memory that a model takes while it runs, in bytes:
 *
 *     weights + sequences × context × layers × 2 × heads × head size × 2 bytes + 512 × vocabulary × 4 bytes
 *
 * the weights being all the files' bytes, which llama.cpp maps; then a key and a value for each token of each sequence in
 * each layer; then the largest of its buffers. The first two are exact; the third is inferred from llama.cpp's default batch
 * and leaves out smaller buffers. For Llama 4, some of whose layers look back less far, it's more than is needed.
 *
 * @param weightBytes - size of the file or of all its parts
 * @param sequences - generations at once
 * @param contextSize - tokens each of them holds
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
 * The size of weights that needn't be here: exact where the catalogue knows it, else as rounded on the hub's page, else the
 * parameters times the bits that each takes on average.
 */
export function weightBytes({ files, quantization }: QuantizedWeights, shape: ModelShape): number {
  const sizes = files.map(({ bytes, roundedBytes }) => bytes ?? roundedBytes);
  const known = sizes.filter((size) => size !== undefined);
  if (known.length === sizes.length) return known.reduce((sum, size) => sum + size, 0);
  const bits = bitsPerWeight(quantization);
  if (bits === undefined) throw new RangeError(`The catalogue names the rounding ${quantization}.`);
  return Math.round((shape.parameters * bits) / 8);
}
