import { expect, test } from "vitest";

import { memoryNeed, weightBytes, weightsOf } from "../../../src/models/index.js";

const { shape, quantizations } = weightsOf("meta.llama3-8b-instruct-v1:0");

test("memory is that of weights, KV cache and the logits of a batch", () => {
  // 32 layers × 2 × 8 heads × 128 numbers × 2 bytes: 128 KiB a token
  const logits = 512 * 128_256 * 4;
  expect(memoryNeed(1000, shape, 1, 1)).toBe(1000 + 131_072 + logits);
  expect(memoryNeed(0, shape, 4, 8192)).toBe(4 * 8192 * 131_072 + logits);
});

test("the size of weights is the one on the hub's page, else parameters times bits per weight", () => {
  expect(quantizations[0] && weightBytes(quantizations[0], shape)).toBe(4_920_000_000);
  const unknown = { quantization: "Q8_0", repository: "a/b", files: [{ path: "x.gguf" }] };
  expect(weightBytes(unknown, shape)).toBe(Math.round((8_030_261_248 * 8.5008) / 8));
  expect(weightBytes({ ...unknown, files: [{ path: "x.gguf", bytes: 7 }] }, shape)).toBe(7);
});
