import { open } from "node:fs/promises";

import { GgufFormatError } from "../gguf-format-error.js";
import { MAX_DIMENSIONS, MAX_KEY_BYTES, MAX_PAIRS, MAX_TENSOR_NAME_BYTES, MAX_TENSORS } from "./bounds.js";
import { ByteSource } from "./byte-source.js";
import { type GgufValue, readText, readValue } from "./read-value.js";
import { tensorBytes } from "./tensor-size.js";

/** What a GGUF says of itself. */
export interface Gguf {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** Numbers in all the tensors of this file. */
  readonly parameters: number;
  /** The file's size. */
  readonly bytes: number;
}

/** Which elements of arrays to keep, by the array's key. */
export type WantedElements = Readonly<Record<string, ReadonlySet<number>>>;

const NONE: ReadonlySet<number> = new Set();

/** Where the metadata say nothing else, each tensor's data begin at a multiple of this. */
const DEFAULT_ALIGNMENT = 32;

/**
 * Reads a GGUF's metadata and the descriptions of its tensors; never the tensors, so that a model of any size takes
 * moments. All is bounded (`bounds.ts`). The head (letters, version, counts that can be) is to be checked before, with
 * `checkModelFile()`.
 *
 * The format, all little-endian (ggml's docs/gguf.md): the letters `GGUF`, a 32-bit version, the 64-bit numbers of tensors
 * and of metadata pairs; the pairs: key, type, value; a description of each tensor: name, dimensions, type, offset; then the
 * tensors' data.
 *
 * @throws {GgufFormatError} it's damaged, cut off, or beyond the bounds
 * @throws what the system says where it can't be read
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
      const key = (await readText(source, MAX_KEY_BYTES)) ?? "";
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
  throw new GgufFormatError(`it says to have ${count} ${what}`);
}

async function readTensors(source: ByteSource, count: number) {
  let [parameters, dataBytes] = [0, 0];
  for (let index = 0; index < count; index++) {
    await readText(source, MAX_TENSOR_NAME_BYTES);
    const dimensions = await source.uint32();
    if (dimensions > MAX_DIMENSIONS) throw new GgufFormatError(`a tensor in it has ${dimensions} dimensions`);
    let numbers = 1;
    for (let axis = 0; axis < dimensions; axis++) numbers *= await source.count("numbers in a tensor");
    const type = await source.uint32();
    const offset = await source.count("bytes of tensors");
    parameters += numbers;
    dataBytes = Math.max(dataBytes, offset + tensorBytes(type, numbers));
  }
  return { parameters, dataBytes };
}
