import { expect, test } from "vitest";

import { until } from "../../src/platform/index.js";

const never = new Promise<never>(() => undefined);
const late = () => new Error("late");

test("the promise's own outcome wins before the deadline", async () => {
  const deadline = Date.now() + 60_000;
  expect(await until(Promise.resolve(42), deadline, undefined, late)).toBe(42);
  await expect(until(Promise.reject(new Error("no")), deadline, undefined, late)).rejects.toThrow("no");
});

test("at the deadline the given error is thrown", async () => {
  await expect(until(never, Date.now() + 20, undefined, late)).rejects.toThrow("late");
  await expect(until(never, 0, undefined, late)).rejects.toThrow("late");
});

test("an abort throws its reason, also one from before", async () => {
  const reason = new Error("enough");
  const stop = new AbortController();
  const waiting = until(never, Date.now() + 60_000, stop.signal, late);
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(until(never, Date.now() + 60_000, stop.signal, late)).rejects.toBe(reason);
});

test("a deadline in a year isn't now", async () => {
  const promise = new Promise((resolve) => setTimeout(resolve, 50, 42));
  expect(await until(promise, Date.now() + 365 * 86_400_000, undefined, late)).toBe(42);
});
