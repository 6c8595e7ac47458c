/*
 * GGUF, version 3, all little-endian (ggml's docs/gguf.md): the letters `GGUF`, a 32-bit version, the 64-bit numbers of
 * tensors and of metadata pairs; the pairs; a description of each tensor; then the tensors' data, each at a multiple of the
 * alignment.
 */
const VERSION = 3;

/** The format's default if the metadata has no other. */
const ALIGNMENT = 32;

/** A value with its type in the file, which a JavaScript number doesn't have. */
export type GgufValue =
  | { readonly type: "uint32" | "float32"; readonly value: number }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "float32s" | "int32s"; readonly value: readonly number[] }
  | { readonly type: "strings"; readonly value: readonly string[] };

/** ggml's numbers of the tensor types. */
const tensorTypes = { F32: 0, Q4_0: 2, Q8_0: 8, Q4_K: 12, Q6_K: 14 };

export interface GgufTensor {
  readonly name: string;
  readonly type: keyof typeof tensorTypes;
  /** Numbers in each dimension, the innermost first. */
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A complete GGUF file. */
export function writeGguf(
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufTensor[],
): Uint8Array {
  const sized = tensors.map(({ data, ...tensor }) => ({ ...tensor, bytes: data.length }));
  const aligned = tensors.flatMap(({ data }) => [data, Buffer.alloc(ggufPadding(data.length))]);
  return Buffer.concat([ggufStart(metadata, sized), ...aligned]);
}

/** What comes before the tensors' data. After each tensor come {@link ggufPadding} zeros. */
export function ggufStart(
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly (Omit<GgufTensor, "data"> & { readonly bytes: number })[],
): Uint8Array {
  const pairs = Object.entries(metadata);
  const parts = [
    Buffer.from("GGUF"),
    uint32(VERSION),
    uint64(tensors.length),
    uint64(pairs.length),
    ...pairs.flatMap(([key, value]) => [string(key), encode(value)]),
  ];
  let offset = 0;
  for (const { name, type, shape, bytes } of tensors) {
    parts.push(string(name), uint32(shape.length), ...shape.map(uint64));
    parts.push(uint32(tensorTypes[type]), uint64(offset));
    offset += bytes + ggufPadding(bytes);
  }
  const header = Buffer.concat(parts);
  return Buffer.concat([header, Buffer.alloc(ggufPadding(header.length))]);
}

/** Zeros to the next multiple of the alignment. */
export function ggufPadding(length: number): number {
  return (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT;
}

/** The format's number of a type, and the value. An array is a type of its own: its elements' type and number follow. */
function encode(value: GgufValue): Buffer {
  switch (value.type) {
    case "uint32":
      return Buffer.concat([uint32(4), uint32(value.value)]);
    case "float32":
      return Buffer.concat([uint32(6), float32(value.value)]);
    case "bool":
      return Buffer.concat([uint32(7), Buffer.of(value.value ? 1 : 0)]);
    case "string":
      return Buffer.concat([uint32(8), string(value.value)]);
    case "int32s":
      return array(5, value.value.map(int32));
    case "float32s":
      return array(6, value.value.map(float32));
    case "strings":
      return array(8, value.value.map(string));
  }
}

function array(type: number, elements: readonly Buffer[]): Buffer {
  return Buffer.concat([uint32(9), uint32(type), uint64(elements.length), ...elements]);
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
