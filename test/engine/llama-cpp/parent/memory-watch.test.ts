import { expect, test } from "vitest";

import { describeGrowth, MemoryWatch } from "../../../../src/engine/llama-cpp/parent/memory-watch.js";

const MB = 1e6;

test("knows nothing before the model is loaded", () => {
  const watch = new MemoryWatch(-Infinity);
  watch.update(100 * MB);
  expect(watch.latest).toBeUndefined();
  expect(watch.hasGrown).toBe(false);
});

test("weights that come in later and the growth allowed are no leak", () => {
  const watch = new MemoryWatch(50 * MB);
  watch.loaded(100 * MB, 200 * MB);
  watch.update(350 * MB);
  expect(watch.hasGrown).toBe(false);
  watch.update(351 * MB);
  expect(watch.hasGrown).toBe(true);
  expect(watch.latest).toEqual({ residentBytes: 351 * MB, loadedBytes: 100 * MB });
});

test("warns once, in megabytes", () => {
  const watch = new MemoryWatch(0);
  expect([watch.warnOnce(), watch.warnOnce()]).toEqual([true, false]);
  expect(describeGrowth({ residentBytes: 351 * MB, loadedBytes: 100 * MB })).toBe(
    "The engine process uses 351 MB, 251 MB more than after loading.",
  );
});
