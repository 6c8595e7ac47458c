import { GgufFormatError } from "../errors.js";
import { MAX_ARRAY_DEPTH, MAX_ELEMENTS, MAX_KEPT_TEXT_BYTES, MAX_TEXT_BYTES } from "./bounds.js";
import type { ByteSource } from "./byte-source.js";

/** A value out of a GGUF's metadata. Of an array, only what was asked for is kept. */
export type GgufValue = number | bigint | boolean | string | GgufArray;

/** An array in a GGUF's metadata. */
export interface GgufArray {
  readonly length: number;
  /** Those elements that were asked for, where they are texts. */
  readonly texts: ReadonlyMap<number, string>;
}

/** The format's numbers of types (ggml's docs/gguf.md) whose values have one size, with it and how to read it. */
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

const TEXT = 8;
const ARRAY = 9;

/** A text; undefined if it's longer than is kept. */
export async function readText(source: ByteSource, longest = MAX_TEXT_BYTES): Promise<string | undefined> {
  const length = await source.count("bytes in a text");
  if (length > longest) throw new GgufFormatError(`a text in it has ${length} bytes`);
  if (length > MAX_KEPT_TEXT_BYTES) {
    source.skip(length);
    return undefined;
  }
  return (await source.take(length)).toString("utf8");
}

/**
 * A value of the metadata.
 *
 * @param wanted - positions of the elements to keep, where it's an array of texts
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
  if (type === TEXT) return readText(source);
  if (type === ARRAY && depth < MAX_ARRAY_DEPTH) return readArray(source, wanted, depth + 1);
  throw new GgufFormatError(
    type === ARRAY ? "arrays in it are nested too deep" : `it has a value of type ${type}`,
  );
}

async function readArray(source: ByteSource, wanted: ReadonlySet<number>, depth: number): Promise<GgufArray> {
  const type = await source.uint32();
  const length = await source.count("elements in an array");
  if (length > MAX_ELEMENTS) throw new GgufFormatError(`an array in it has ${length} elements`);
  const texts = new Map<number, string>();
  const scalar = scalars[type];
  if (scalar !== undefined) {
    source.skip(length * scalar[0]);
  } else if (type === TEXT) {
    await readTexts(source, length, wanted, texts);
  } else {
    for (let index = 0; index < length; index++) await readValue(source, type, NONE, depth);
  }
  return { length, texts };
}

/** Keeps the texts that were asked for and passes over the others. */
async function readTexts(
  source: ByteSource,
  length: number,
  wanted: ReadonlySet<number>,
  texts: Map<number, string>,
): Promise<void> {
  let next = 0;
  for (const index of [...wanted].sort((a, b) => a - b)) {
    if (index >= length) break;
    await source.skipTexts(index - next);
    const text = await readText(source);
    if (text !== undefined) texts.set(index, text);
    next = index + 1;
  }
  await source.skipTexts(length - next);
}
