import { expect, test } from "vitest";

import { PrefillRate } from "../../../../src/engine/llama-cpp/child/prefill-rate.js";

function setUp() {
  const clock = { now: 0 };
  return { clock, rate: new PrefillRate(() => clock.now) };
}

test("one chunk isn't enough: its weights may have come from disk", () => {
  const { rate } = setUp();
  expect(rate.tokensPerSecond).toBeUndefined();
  rate.add(128, 60_000);
  expect(rate.tokensPerSecond).toBeUndefined();
  rate.add(128, 1_280);
  expect(rate.tokensPerSecond).toBe(100);
});

test("a single slow chunk doesn't change the rate, a slow machine does", () => {
  const { rate } = setUp();
  rate.add(128, 1_280);
  rate.add(128, 30_000);
  expect(rate.tokensPerSecond).toBe(100);
  for (let n = 0; n < 8; n++) rate.add(128, 12_800);
  expect(rate.tokensPerSecond).toBe(10);
});

test("what was measured long ago is forgotten, so that a prompt is let through and measured again", () => {
  const { rate, clock } = setUp();
  rate.add(128, 12_800);
  rate.add(128, 12_800);
  clock.now += 299_000;
  expect(rate.tokensPerSecond).toBe(10);
  clock.now += 2_000;
  expect(rate.tokensPerSecond).toBeUndefined();
  rate.add(128, 128);
  expect(rate.tokensPerSecond).toBeUndefined();
  rate.add(128, 256);
  expect(rate.tokensPerSecond).toBe(1_000);
});
