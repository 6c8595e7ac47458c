import { GgufFormatError } from "../errors.js";
import { MAX_ARRAY_DEPTH, MAX_ELEMENTS, MAX_KEPT_STRING_BYTES, MAX_STRING_BYTES } from "./bounds.js";
import type { ByteSource } from "./byte-source.js";

/** A value in a GGUF's metadata. */
export type GgufValue = number | bigint | boolean | string | GgufArray;

/** An array in a GGUF's metadata, without most of its elements. */
export interface GgufArray {
  readonly length: number;
  /** The wanted elements, by index, if this is an array of strings. */
  readonly strings: ReadonlyMap<number, string>;
}

/** The types of fixed size (ggml's docs/gguf.md), by number: the size of a value, and how to read it. */
const scalars: Readonly<Record<number, [size: number, read: (bytes: Buffer) => number | bigint | boolean]>> =
  {
    0: [1, (bytes) => bytes.readUInt8()],
    1: [1, (bytes) => bytes.readInt8()],
    2: [2, (bytes) => bytes.readUInt16LE()],
    3: [2, (bytes) => bytes.readInt16LE()],
    4: [4, (bytes) => bytes.readUInt32LE()],
    5: [4, (bytes) => bytes.readInt32LE()],
    6: [4, (bytes) => bytes.readFloatLE()],
    7: [1, (bytes) => bytes.readUInt8() !== 0],
    10: [8, (bytes) => bytes.readBigUInt64LE()],
    11: [8, (bytes) => bytes.readBigInt64LE()],
    12: [8, (bytes) => bytes.readDoubleLE()],
  };
const NONE: ReadonlySet<number> = new Set();

const STRING = 8;
const ARRAY = 9;

/** Reads a string; undefined if it is too long to keep. */
export async function readString(
  source: ByteSource,
  longest = MAX_STRING_BYTES,
): Promise<string | undefined> {
  const length = await source.count("bytes in a string");
  if (length > longest) throw new GgufFormatError(`one of its strings has ${length} bytes`);
  if (length > MAX_KEPT_STRING_BYTES) {
    source.skip(length);
    return undefined;
  }
  return (await source.take(length)).toString("utf8");
}

/**
 * Reads a value of the metadata.
 *
 * @param wanted - the indexes of the elements to keep, if the value is an array of strings
 */
export async function readValue(
  source: ByteSource,
  type: number,
  wanted: ReadonlySet<number>,
  depth = 0,
): Promise<GgufValue | undefined> {
  const scalar = scalars[type];
  if (scalar !== undefined) {
    const [size, read] = scalar;
    return read(await source.take(size));
  }
  if (type === STRING) return readString(source);
  if (type === ARRAY && depth < MAX_ARRAY_DEPTH) return readArray(source, wanted, depth + 1);
  throw new GgufFormatError(
    type === ARRAY ? "its arrays are nested too deeply" : `it has a value of the unknown type ${type}`,
  );
}

async function readArray(source: ByteSource, wanted: ReadonlySet<number>, depth: number): Promise<GgufArray> {
  const type = await source.uint32();
  const length = await source.count("elements in an array");
  if (length > MAX_ELEMENTS) throw new GgufFormatError(`one of its arrays has ${length} elements`);
  const strings = new Map<number, string>();
  const scalar = scalars[type];
  if (scalar !== undefined) {
    source.skip(length * scalar[0]);
  } else if (type === STRING) {
    await readStrings(source, length, wanted, strings);
  } else {
    for (let index = 0; index < length; index++) await readValue(source, type, NONE, depth);
  }
  return { length, strings };
}

/** Reads the wanted strings and skips the others. */
async function readStrings(
  source: ByteSource,
  length: number,
  wanted: ReadonlySet<number>,
  strings: Map<number, string>,
): Promise<void> {
  let next = 0;
  for (const index of [...wanted].sort((a, b) => a - b)) {
    if (index >= length) break;
    await source.skipStrings(index - next);
    const string = await readString(source);
    if (string !== undefined) strings.set(index, string);
    next = index + 1;
  }
  await source.skipStrings(length - next);
}
