import { describe, expect, test } from "vitest";

import { AdmissionQueue } from "../../src/engine/admission-queue.js";
import { EngineBusyError } from "../../src/engine/index.js";

const LONG_MS = 60_000;
const LENGTH = 64;

describe("AdmissionQueue", () => {
  test("admits as many as there are sequences, then first come, first served", async () => {
    const queue = new AdmissionQueue(2, LENGTH);
    const release = await queue.acquire(LONG_MS);
    await queue.acquire(LONG_MS);
    const order: string[] = [];
    const first = queue.acquire(LONG_MS).then(() => order.push("first"));
    const second = queue.acquire(LONG_MS).then(() => order.push("second"));
    expect(queue.waiting).toBe(2);
    release();
    await first;
    expect(order).toEqual(["first"]);
    release();
    await Promise.resolve();
    // giving a sequence back twice frees nothing
    expect(queue.waiting).toBe(1);
    void second;
  });

  test.each([Infinity, 3e9])("waits as long as it's told: %d ms", async (waitMs) => {
    const queue = new AdmissionQueue(1, LENGTH);
    const release = await queue.acquire(LONG_MS);
    setTimeout(release, 50);
    await expect(queue.acquire(waitMs)).resolves.toBeTypeOf("function");
  });

  test("refuses at once when the queue is full", async () => {
    const queue = new AdmissionQueue(1, 1);
    await queue.acquire(LONG_MS);
    void queue.acquire(LONG_MS);
    await expect(queue.acquire(LONG_MS)).rejects.toThrow(EngineBusyError);
  });

  test("refuses after the wait, and leaves the queue", async () => {
    const queue = new AdmissionQueue(1, LENGTH);
    const release = await queue.acquire(LONG_MS);
    await expect(queue.acquire(10)).rejects.toThrow("No sequence came free within 0.01 s.");
    expect(queue.waiting).toBe(0);
    release();
    await expect(queue.acquire(0)).resolves.toBeTypeOf("function");
  });

  test("an abort leaves the queue with its own reason", async () => {
    const queue = new AdmissionQueue(1, LENGTH);
    const release = await queue.acquire(LONG_MS);
    const abort = new AbortController();
    const waiting = queue.acquire(LONG_MS, { signal: abort.signal });
    const reason = new Error("changed my mind");
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(queue.waiting).toBe(0);
    await expect(queue.acquire(LONG_MS, { signal: abort.signal })).rejects.toBe(reason);
    release();
    await queue.acquire(0);
  });

  describe("with requests that couldn't use a sequence now", () => {
    const unable = { canUse: () => false };

    test("admits them behind the others, whenever they came", async () => {
      const queue = new AdmissionQueue(1, LENGTH);
      const order: string[] = [];
      const wait = async (name: string, options = {}) => {
        const release = await queue.acquire(LONG_MS, options);
        order.push(name);
        release();
      };
      const release = await queue.acquire(LONG_MS);
      const all = [wait("a", unable), wait("b"), wait("c", unable), wait("d")];
      release();
      await Promise.all(all);
      expect(order).toEqual(["b", "d", "a", "c"]);
    });

    test("asks again whenever a sequence comes free", async () => {
      const queue = new AdmissionQueue(1, LENGTH);
      let able = false;
      const release = await queue.acquire(LONG_MS);
      const first = queue.acquire(LONG_MS, { canUse: () => able });
      const second = queue.acquire(LONG_MS);
      expect(queue.isWanted).toBe(true);
      able = true;
      release();
      await first;
      expect(queue.waiting).toBe(1);
      (await first)();
      await second;
    });

    test("is wanted by none of them, though they wait", async () => {
      const queue = new AdmissionQueue(1, LENGTH);
      const release = await queue.acquire(LONG_MS);
      const waiting = queue.acquire(LONG_MS, unable);
      expect([queue.waiting, queue.isWanted]).toEqual([1, false]);
      release();
      await waiting;
    });

    test("refuses the last of them when it's full, for one that could", async () => {
      const queue = new AdmissionQueue(1, 2);
      const release = await queue.acquire(LONG_MS);
      const [first, last] = [queue.acquire(LONG_MS, unable), queue.acquire(LONG_MS, unable)];
      await expect(queue.acquire(LONG_MS, unable)).rejects.toThrow(EngineBusyError);
      const able = queue.acquire(LONG_MS);
      await expect(last).rejects.toThrow("All sequences are busy and 2 requests wait already.");
      release();
      (await able)();
      await first;
    });
  });
});
