import type { CacheLayout, KvCacheType } from "./cache-layout.js";
import { bitsPerWeight } from "./quantizations.js";
import type { ModelShape, QuantizedWeights } from "./weights.js";

/** Bytes of a number in the KV cache. A block of q8_0 is 32 bytes and a scale in half precision. */
const CACHE_NUMBER_BYTES: Readonly<Record<KvCacheType, number>> = { f16: 2, q8_0: 34 / 32 };

/** llama.cpp rounds the tokens of a sequence up to a multiple of this. */
const CACHE_STEP = 256;

/** Tokens in the engine's largest batch, beside one for each sequence, and the bytes of a logit. Each token has one per vocabulary entry. */
const BATCH_TOKENS = 129;
const LOGIT_BYTES = 4;

/** The engine process before it loads a model, measured: Node's own code and heap. */
const PROCESS_BYTES = 60_000_000;

/** llama.cpp's and Cria's tables of the vocabulary, measured with SmolLM2's and Qwen's, for each entry. */
const VOCABULARY_ENTRY_BYTES = 350;

/** Share of the memory for models. The rest is for the system, its file cache, and the program under test. */
export const MEMORY_SHARE = 0.75;

/** What determines the memory of a running model, beside its weights. */
export type CacheShape = Pick<ModelShape, "layers" | "keyValueHeads" | "headSize" | "vocabulary">;

/**
 * The memory that a running model needs, in bytes:
 *
 *     weights + tokens × layers × 2 × heads × head size × (2 bytes, or 1.0625 in q8_0) + batch × vocabulary × 4 + vocabulary × 350 + 60 MB
 *
 * These are the bytes of all files, once: llama.cpp maps them, and may arrange a copy for this processor, but doesn't read the original of
 * that again, and the system can drop it. Then a key and a value for each token of all sequences in each layer (the KV cache); the logits of
 * a batch, llama.cpp's largest buffer, once for each size of sequence; and the process with the vocabulary. `npm run bench:memory` compares it
 * with what is used: docs/benchmarks.md. For Llama 4 the result is too high: some of its layers attend to fewer tokens.
 *
 * @param weightBytes - the size of the file, or of all its parts
 * @param contextSize - tokens in the context of each sequence, or of each that isn't a half one
 */
export function memoryNeed(
  weightBytes: number,
  shape: CacheShape,
  { sequences, halfSequences, kvCacheType }: CacheLayout,
  contextSize: number,
): number {
  const numbers = shape.layers * 2 * shape.keyValueHeads * shape.headSize;
  const tokens =
    (sequences - halfSequences) * padded(contextSize) + halfSequences * padded(Math.ceil(contextSize / 2));
  const cache = tokens * numbers * CACHE_NUMBER_BYTES[kvCacheType];
  const contexts = halfSequences > 0 ? 2 : 1;
  const logits = contexts * (BATCH_TOKENS + sequences) * shape.vocabulary * LOGIT_BYTES;
  return weightBytes + cache + logits + shape.vocabulary * VOCABULARY_ENTRY_BYTES + PROCESS_BYTES;
}

function padded(tokens: number): number {
  return Math.ceil(tokens / CACHE_STEP) * CACHE_STEP;
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
