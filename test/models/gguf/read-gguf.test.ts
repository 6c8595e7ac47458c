import { describe, expect, test } from "vitest";

import { MAX_ELEMENTS, MAX_PAIRS, MAX_TENSORS } from "../../../src/models/gguf/bounds.js";
import { readGguf } from "../../../src/models/gguf/read-gguf.js";
import { describeGguf, GgufFormatError } from "../../../src/models/index.js";
import { emptyFolder } from "../../support/folder.js";
import { tinyModel } from "../../support/gguf/tiny-model.js";
import { writeGguf } from "../../support/gguf/write-gguf.js";
import { claimingGguf, LLAMA_2_13B, put, smallGguf } from "../support/gguf-file.js";

/** The header of a file with these counts. */
function head(tensors: number, pairs: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.write("GGUF\x03", "latin1");
  bytes.writeBigUInt64LE(BigInt(tensors), 8);
  bytes.writeBigUInt64LE(BigInt(pairs), 16);
  return bytes;
}

/** A metadata pair: the key `k`, a type, and these 64-bit numbers or bytes. */
function pair(type: number, ...values: readonly (bigint | Buffer)[]): Buffer {
  const start = Buffer.alloc(13);
  start.writeBigUInt64LE(1n);
  start.write("k", 8);
  start.writeUInt32LE(type, 9);
  return Buffer.concat([
    start,
    ...values.map((value) => (typeof value === "bigint" ? uint64(value) : value)),
  ]);
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

const uint32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);

async function errorOf(bytes: Buffer): Promise<GgufFormatError> {
  const path = await put(await emptyFolder(), "m.gguf", Buffer.concat([bytes, Buffer.alloc(64)]));
  const error: unknown = await readGguf(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(GgufFormatError);
  return error as GgufFormatError;
}

test.for([
  ["llama-2", "llama", 32_000, 4096],
  ["llama-3", "gpt2", 128_256, 8192],
] as const)(
  "the facts about a model with the vocabulary of %s are read",
  async ([name, tokenizer, vocabulary, contextSize]) => {
    const model = await describeGguf(await tinyModel(name));
    expect(model).toMatchObject({
      architecture: "llama",
      name: `Tiny model with the vocabulary of ${name}`,
      tokenizer,
      contextSize,
      embedding: 32,
      cache: { layers: 1, keyValueHeads: 2, headSize: 16, vocabulary },
      part: undefined,
    });
    // the embedding, and one layer
    expect(model.parameters).toBe(32 * vocabulary + 32 + 32 + 4 * 32 * 32 + 32 + 3 * 32 * 64);
  },
);

test("the quantization and the part of a split model are read", async () => {
  const bytes = claimingGguf("llama-2", LLAMA_2_13B, {
    "split.no": { type: "uint32", value: 1 },
    "split.count": { type: "uint32", value: 3 },
  });
  const model = await describeGguf(await put(await emptyFolder(), "m.gguf", bytes));
  expect(model).toMatchObject({ quantization: "Q4_K_M", part: { index: 1, count: 3 } });
  expect(model.cache).toEqual({ layers: 40, keyValueHeads: 40, headSize: 128, vocabulary: 32_000 });
});

test("of arrays only the wanted strings are kept", async () => {
  const bytes = smallGguf({
    words: { type: "strings", value: ["a", "bé", "c", "d"] },
    numbers: { type: "float32s", value: [1, 2, 3] },
    name: { type: "string", value: "ü" },
  });
  const path = await put(await emptyFolder(), "m.gguf", bytes);
  const { metadata } = await readGguf(path, { words: new Set([9, 3, 1]) });
  expect(metadata.get("words")).toEqual({
    length: 4,
    strings: new Map([
      [1, "bé"],
      [3, "d"],
    ]),
  });
  expect(metadata.get("numbers")).toEqual({ length: 3, strings: new Map() });
  expect(metadata.get("name")).toBe("ü");
});

test("a file that ends anywhere before the last byte of its tensors is reported as truncated", async () => {
  const data = new Uint8Array(64);
  const whole = Buffer.from(
    writeGguf({ a: { type: "string", value: "text" }, b: { type: "strings", value: ["x", "yz"] } }, [
      { name: "t", type: "F32", shape: [16], data },
    ]),
  );
  const folder = await emptyFolder();
  expect(await readGguf(await put(folder, "whole.gguf", whole))).toMatchObject({ parameters: 16 });
  for (let length = 24; length < whole.length; length++) {
    const path = await put(folder, "cut.gguf", whole.subarray(0, length));
    await expect(readGguf(path), `${length} bytes`).rejects.toMatchObject({
      name: "GgufFormatError",
      truncated: true,
    });
  }
});

describe("a file is refused if it", () => {
  const stringOf = (length: bigint) => pair(8, length);
  const arrayOf = (type: number, length: bigint) => pair(9, uint32(type), length);
  test.for([
    ["has too many tensors", head(MAX_TENSORS + 1, 0)],
    ["has too many pairs", head(0, MAX_PAIRS + 1)],
    ["has more pairs than a JavaScript number can hold", head(0, 2 ** 60)],
    ["has a string that is too long", Buffer.concat([head(0, 1), stringOf(2n ** 40n)])],
    ["has a string whose length is no JavaScript number", Buffer.concat([head(0, 1), stringOf(2n ** 63n)])],
    ["has an array that is too long", Buffer.concat([head(0, 1), arrayOf(8, BigInt(MAX_ELEMENTS) + 1n)])],
    ["has an array longer than itself", Buffer.concat([head(0, 1), arrayOf(12, BigInt(MAX_ELEMENTS))])],
    ["has a value of an unknown type", Buffer.concat([head(0, 1), pair(13, 0n)])],
    [
      "has arrays that are nested too deeply",
      Buffer.concat([head(0, 1), arrayOf(9, 1n), uint32(9), uint64(1n), uint32(9), uint64(1n)]),
    ],
    [
      "has a tensor with too many dimensions",
      Buffer.concat([head(1, 0), uint64(1n), Buffer.from("t"), uint32(99)]),
    ],
  ] as const)("%s", async ([, bytes]) => {
    expect((await errorOf(bytes)).reason).not.toBe("");
  });
});

test("whichever byte is changed, a file is read or refused", async () => {
  const whole = smallGguf({
    "general.architecture": { type: "string", value: "llama" },
    "tokenizer.ggml.tokens": { type: "strings", value: ["a", "b", "c"] },
    "llama.block_count": { type: "uint32", value: 3 },
  });
  const folder = await emptyFolder();
  let refused = 0;
  for (let at = 8; at < whole.length; at++) {
    const changed = Buffer.from(whole);
    changed.writeUInt8(changed.readUInt8(at) ^ 0xff, at);
    const path = await put(folder, "changed.gguf", changed);
    const error: unknown = await describeGguf(path).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error === undefined) continue;
    expect(error).toBeInstanceOf(GgufFormatError);
    refused++;
  }
  expect(refused).toBeGreaterThan(0);
});
