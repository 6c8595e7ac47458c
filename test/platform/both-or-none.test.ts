import { setTimeout as sleep } from "node:timers/promises";

import { expect, test } from "vitest";

import { bothOrNone } from "../../src/platform/index.js";

const never = new AbortController().signal;

/** Work that ends when it's aborted, and a while later. */
function endless(ended: string[], name: string) {
  return async (signal: AbortSignal) => {
    await sleep(60_000, undefined, { signal }).catch(() => undefined);
    await sleep(10);
    ended.push(name);
    signal.throwIfAborted();
  };
}

test("both results come back", async () => {
  const later = async () => sleep(5, "b");
  expect(await bothOrNone(never, () => Promise.resolve("a"), later)).toEqual(["a", "b"]);
});

test("when one fails, the other has ended before the caller hears of it", async () => {
  const ended: string[] = [];
  const fails = () => Promise.reject(new Error("no disk"));
  await expect(bothOrNone(never, fails, endless(ended, "b"))).rejects.toThrow("no disk");
  await expect(bothOrNone(never, endless(ended, "a"), fails)).rejects.toThrow("no disk");
  expect(ended).toEqual(["b", "a"]);
});

test("an abort reaches both", async () => {
  const ended: string[] = [];
  const stop = new AbortController();
  const both = bothOrNone(stop.signal, endless(ended, "a"), endless(ended, "b"));
  stop.abort(new Error("Ctrl-C"));
  await expect(both).rejects.toThrow("Ctrl-C");
  expect(ended).toEqual(["a", "b"]);
});
