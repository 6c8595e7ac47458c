import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { waitToRetry } from "../../../src/models/fetch/retry.js";
import { DownloadCutError } from "../../../src/models/index.js";

const waits: number[] = [];
vi.mock("node:timers/promises", () => ({
  setTimeout: async (ms: number) => {
    waits.push(ms);
    return Promise.resolve();
  },
}));

const limits = { connectMs: 1, idleMs: 1, retries: 3, retryDelayMs: 500, maxRetryAfterMs: 60_000 };
const { signal } = new AbortController();
const cut = (retryAfterMs?: number) => new DownloadCutError("busy", true, { retryAfterMs });

beforeEach(() => {
  waits.length = 0;
});
afterEach(() => vi.restoreAllMocks());

test("each wait is twice as long as the one before", async () => {
  for (const failures of [0, 1, 2]) await waitToRetry(cut(), failures, limits, signal);
  expect(waits).toEqual([500, 1000, 2000]);
});

test("the wait is as long as Retry-After if that is longer", async () => {
  await waitToRetry(cut(7000), 0, limits, signal);
  await waitToRetry(cut(100), 0, limits, signal);
  expect(waits).toEqual([7000, 500]);
});

test("there is no retry after the last one, nor if Retry-After is too long", async () => {
  await expect(waitToRetry(cut(), 3, limits, signal)).rejects.toThrow("busy");
  await expect(waitToRetry(cut(60_001), 0, limits, signal)).rejects.toThrow("busy");
  expect(waits).toEqual([]);
});

test("an abort ends the wait", async () => {
  await expect(waitToRetry(cut(), 0, limits, AbortSignal.abort(new Error("Ctrl-C")))).rejects.toThrow(
    "Ctrl-C",
  );
});
