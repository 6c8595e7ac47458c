import { expect, test } from "vitest";

import { memoryNeed, weightBytes, weightsOf } from "../../../src/models/index.js";

const { shape, quantizations } = weightsOf("meta.llama3-8b-instruct-v1:0");

test("memory is that of weights, KV cache, the logits of a batch, the vocabulary and the process", () => {
  const whole = { sequences: 1, halfSequences: 0, kvCacheType: "f16" } as const;
  const rest = (sequences: number) => (129 + sequences) * 128_256 * 4 + 128_256 * 350 + 60e6;
  // 32 layers × 2 × 8 heads × 128 numbers × 2 bytes: 128 KiB a token; llama.cpp rounds up to 256 tokens
  expect(memoryNeed(1000, shape, whole, 1)).toBe(1000 + 256 * 131_072 + rest(1));
  expect(memoryNeed(0, shape, { ...whole, sequences: 4 }, 8192)).toBe(4 * 8192 * 131_072 + rest(4));
});

test("q8_0 takes 34 bytes for 32 numbers; a half sequence half of the tokens, and a second batch's logits", () => {
  const layout = { sequences: 4, halfSequences: 3, kvCacheType: "q8_0" } as const;
  const logits = 2 * 133 * 128_256 * 4;
  expect(memoryNeed(0, shape, layout, 8192)).toBe(
    (8192 + 3 * 4096) * 65_536 * (34 / 32) + logits + 128_256 * 350 + 60e6,
  );
  // half of 700 are 350, in steps of 256
  expect(memoryNeed(0, shape, layout, 700)).toBe(
    (768 + 3 * 512) * 65_536 * (34 / 32) + logits + 128_256 * 350 + 60e6,
  );
});

test("the size of weights is the one on the hub's page, else parameters times bits per weight", () => {
  expect(quantizations[0] && weightBytes(quantizations[0], shape)).toBe(4_920_000_000);
  const unknown = { quantization: "Q8_0", repository: "a/b", files: [{ path: "x.gguf" }] };
  expect(weightBytes(unknown, shape)).toBe(Math.round((8_030_261_248 * 8.5008) / 8));
  expect(weightBytes({ ...unknown, files: [{ path: "x.gguf", bytes: 7 }] }, shape)).toBe(7);
});
