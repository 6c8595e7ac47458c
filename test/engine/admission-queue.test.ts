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
    const waiting = queue.acquire(LONG_MS, abort.signal);
    const reason = new Error("changed my mind");
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(queue.waiting).toBe(0);
    await expect(queue.acquire(LONG_MS, abort.signal)).rejects.toBe(reason);
    release();
    await queue.acquire(0);
  });
});
