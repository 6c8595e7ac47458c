import { expect, test } from "vitest";

import { RestartPolicy } from "../../../../src/engine/llama-cpp/parent/restart-policy.js";

function setUp() {
  const clock = { now: 0 };
  const policy = new RestartPolicy(() => clock.now);
  /** One life of the process. */
  const live = (ms: number) => {
    policy.started();
    clock.now += ms;
    return policy.crashed();
  };
  return { policy, live };
}

test("the pause in a crash loop doubles up to 30 s, and the reason says so", () => {
  const { live } = setUp();
  expect(live(100)).toEqual({ delayMs: 0, note: "" });
  expect(live(100)).toEqual({
    delayMs: 1_000,
    note: " That was crash 2 in a row, so the next start is delayed by 1 s.",
  });
  const delays = Array.from({ length: 7 }, () => live(100).delayMs);
  expect(delays).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test("a start that fails counts too", () => {
  const { policy, live } = setUp();
  live(100);
  expect(policy.crashed().delayMs).toBe(1_000);
  expect(policy.crashed().delayMs).toBe(2_000);
});

test("a process that ran for a while ends a crash loop", () => {
  const { policy, live } = setUp();
  live(100);
  live(100);
  expect(live(10_001).delayMs).toBe(0);
  // only its own life counts, not the time until the next start
  expect(policy.crashed().delayMs).toBe(1_000);
});

test("a planned restart doesn't count as a crash", () => {
  const { policy, live } = setUp();
  live(100);
  policy.started();
  expect(policy.planned()).toEqual({ delayMs: 0, note: "" });
  expect(live(100).delayMs).toBe(1_000);
});
