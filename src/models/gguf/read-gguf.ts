import { open } from "node:fs/promises";

import { GgufFormatError } from "../errors.js";
import { MAX_DIMENSIONS, MAX_KEY_BYTES, MAX_PAIRS, MAX_TENSOR_NAME_BYTES, MAX_TENSORS } from "./bounds.js";
import { ByteSource } from "./byte-source.js";
import { type GgufValue, readString, readValue } from "./read-value.js";

/** The metadata of a GGUF file. */
export interface Gguf {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** The number of weights in all its tensors. */
  readonly parameters: number;
  /** The size of the file. */
  readonly bytes: number;
}

/** The array elements to keep: their indexes, by the array's key. */
export type WantedElements = Readonly<Record<string, ReadonlySet<number>>>;

const NONE: ReadonlySet<number> = new Set();

/** Each tensor's data begins at a multiple of this, unless the metadata gives another alignment. */
const DEFAULT_ALIGNMENT = 32;

/**
 * Reads a GGUF's metadata and the descriptions of its tensors, but not the tensors' data, so that it is fast for a model of any
 * size. `bounds.ts` limits what is read. Check the header first, with `checkModelFile()`.
 *
 * The format, all little-endian (ggml's docs/gguf.md): the letters `GGUF`, a 32-bit version, 64-bit counts of tensors and
 * metadata pairs; each pair's key, type and value; each tensor's name, dimensions, type and offset; the tensors' data.
 *
 * @throws {GgufFormatError} the file is damaged, truncated, or exceeds a bound
 * @throws the system's error if the file cannot be read
 */
export async function readGguf(path: string, wanted: WantedElements = {}): Promise<Gguf> {
  const file = await open(path, "r");
  try {
    const { size: bytes } = await file.stat();
    const source = new ByteSource(file, bytes);
    source.skip(8);
    const tensors = await bounded(source, "tensors", MAX_TENSORS);
    const pairs = await bounded(source, "metadata pairs", MAX_PAIRS);
    const metadata = new Map<string, GgufValue>();
    for (let index = 0; index < pairs; index++) {
      const key = (await readString(source, MAX_KEY_BYTES)) ?? "";
      const value = await readValue(source, await source.uint32(), wanted[key] ?? NONE);
      if (value !== undefined) metadata.set(key, value);
    }
    const { parameters, dataBytes } = await readTensors(source, tensors);
    const alignment = Number(metadata.get("general.alignment") ?? DEFAULT_ALIGNMENT);
    if (Math.ceil(source.position / alignment) * alignment + dataBytes > bytes && dataBytes > 0) {
      throw new GgufFormatError("its last tensors are missing", true);
    }
    return { metadata, parameters, bytes };
  } finally {
    await file.close();
  }
}

async function bounded(source: ByteSource, what: string, most: number): Promise<number> {
  const count = await source.count(what);
  if (count <= most) return count;
  throw new GgufFormatError(`it claims to have ${count} ${what}`);
}

async function readTensors(source: ByteSource, count: number) {
  let [parameters, dataBytes] = [0, 0];
  for (let index = 0; index < count; index++) {
    await readString(source, MAX_TENSOR_NAME_BYTES);
    const dimensions = await source.uint32();
    if (dimensions > MAX_DIMENSIONS)
      throw new GgufFormatError(`one of its tensors has ${dimensions} dimensions`);
    let weights = 1;
    for (let axis = 0; axis < dimensions; axis++) weights *= await source.count("weights in a tensor");
    const type = await source.uint32();
    const offset = await source.count("bytes of tensors");
    parameters += weights;
    dataBytes = Math.max(dataBytes, offset + tensorBytes(type, weights));
  }
  return { parameters, dataBytes };
}

/** ggml's tensor types (`ggml_type` in ggml.h): weights in a block, and bytes of a block. */
const types: Readonly<Record<number, readonly [weights: number, bytes: number]>> = {
  0: [1, 4], // F32
  1: [1, 2], // F16
  2: [32, 18], // Q4_0
  3: [32, 20], // Q4_1
  6: [32, 22], // Q5_0
  7: [32, 24], // Q5_1
  8: [32, 34], // Q8_0
  9: [32, 36], // Q8_1
  10: [256, 84], // Q2_K
  11: [256, 110], // Q3_K
  12: [256, 144], // Q4_K
  13: [256, 176], // Q5_K
  14: [256, 210], // Q6_K
  15: [256, 292], // Q8_K
  16: [256, 66], // IQ2_XXS
  17: [256, 74], // IQ2_XS
  18: [256, 98], // IQ3_XXS
  19: [256, 50], // IQ1_S
  20: [32, 18], // IQ4_NL
  21: [256, 110], // IQ3_S
  22: [256, 82], // IQ2_S
  23: [256, 136], // IQ4_XS
  24: [1, 1], // I8
  25: [1, 2], // I16
  26: [1, 4], // I32
  27: [1, 8], // I64
  28: [1, 8], // F64
  29: [256, 56], // IQ1_M
  30: [1, 2], // BF16
};

/** The size of a tensor's data. 0 if the type is unknown, so that such a file is not taken for a truncated one. */
function tensorBytes(type: number, weights: number): number {
  const [block, bytes] = types[type] ?? [1, 0];
  return Math.ceil(weights / block) * bytes;
}
