import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Heartbeat } from "../../../../src/engine/llama-cpp/parent/heartbeat.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Answer {
  ticks: number;
  ticking: boolean;
}

/** A process that answers every question with what `answer` holds, or not at all. */
function setUp() {
  const process: { answer: Answer | undefined; pings: number } = {
    answer: { ticks: 0, ticking: false },
    pings: 0,
  };
  const frozen: string[] = [];
  const heartbeat = new Heartbeat({
    ping: () => {
      process.pings += 1;
      if (!process.answer) return;
      heartbeat.heard();
      heartbeat.alive({ ...process.answer, residentBytes: 0 });
    },
    frozenMs: 10_000,
    batchMs: 60_000,
    onFrozen: (reason) => frozen.push(reason),
  });
  heartbeat.start();
  return { heartbeat, process, frozen };
}

test("a process that answers is pinged once a second and isn't ended", () => {
  const { process, frozen } = setUp();
  vi.advanceTimersByTime(3_600_000);
  expect(process.pings).toBe(3_600);
  expect(frozen).toEqual([]);
});

test("a silent process is reported within eleven seconds, once, and is pinged only once", () => {
  const { process, frozen } = setUp();
  vi.advanceTimersByTime(5_500);
  process.answer = undefined;
  const before = process.pings;
  // the question after it froze, and ten seconds
  vi.advanceTimersByTime(10_000);
  expect(frozen).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(frozen).toEqual(["The engine process hung. It didn't respond for 10 s, so it was killed."]);
  vi.advanceTimersByTime(60_000);
  expect(frozen).toHaveLength(1);
  expect(process.pings - before).toBe(1);
});

test("whatever it says is a sign of life", () => {
  const { heartbeat, process, frozen } = setUp();
  process.answer = undefined;
  for (let n = 0; n < 10; n++) {
    vi.advanceTimersByTime(9_000);
    heartbeat.heard();
  }
  expect(frozen).toEqual([]);
});

test("time in which this process couldn't listen isn't held against the other", () => {
  const { process, frozen } = setUp();
  process.answer = undefined;
  vi.advanceTimersByTime(3_000);
  // this process was stopped, or the machine asleep: clocks went on, its timers didn't
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(2_000);
  expect(frozen).toEqual([]);
});

test("a batch that never ends is given up, though the process answers", () => {
  const { process, frozen } = setUp();
  for (let n = 0; n < 10; n++) {
    process.answer = { ticks: n, ticking: true };
    vi.advanceTimersByTime(50_000);
  }
  expect(frozen).toEqual([]);
  vi.advanceTimersByTime(11_000);
  expect(frozen).toEqual([
    "The engine process hung. llama.cpp didn't return from a batch for 60 s, so it was killed.",
  ]);
});

test("after the end nothing is sent to the process", () => {
  const { heartbeat, process, frozen } = setUp();
  heartbeat.stop();
  process.answer = undefined;
  vi.advanceTimersByTime(60_000);
  expect(process.pings).toBe(0);
  expect(frozen).toEqual([]);
});
