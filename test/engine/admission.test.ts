import { describe, expect, test } from "vitest";

import { Admission } from "../../src/engine/admission.js";
import { EngineBusyError } from "../../src/engine/index.js";

const LONG_MS = 60_000;

describe("Admission", () => {
  test("admits as many as there are sequences, then first come, first served", async () => {
    const admission = new Admission(2);
    const release = await admission.acquire(LONG_MS);
    await admission.acquire(LONG_MS);
    const order: string[] = [];
    const first = admission.acquire(LONG_MS).then(() => order.push("first"));
    const second = admission.acquire(LONG_MS).then(() => order.push("second"));
    expect(admission.waiting).toBe(2);
    release();
    await first;
    expect(order).toEqual(["first"]);
    release();
    await Promise.resolve();
    // giving a sequence back twice frees nothing
    expect(admission.waiting).toBe(1);
    void second;
  });

  test("refuses at once when the queue is full", async () => {
    const admission = new Admission(1, 1);
    await admission.acquire(LONG_MS);
    void admission.acquire(LONG_MS);
    await expect(admission.acquire(LONG_MS)).rejects.toThrow(EngineBusyError);
  });

  test("refuses after the wait, and leaves the queue", async () => {
    const admission = new Admission(1);
    const release = await admission.acquire(LONG_MS);
    await expect(admission.acquire(10)).rejects.toThrow("No sequence came free within 0.01 s.");
    expect(admission.waiting).toBe(0);
    release();
    await expect(admission.acquire(0)).resolves.toBeTypeOf("function");
  });

  test("an abort leaves the queue with its own reason", async () => {
    const admission = new Admission(1);
    const release = await admission.acquire(LONG_MS);
    const abort = new AbortController();
    const waiting = admission.acquire(LONG_MS, abort.signal);
    const reason = new Error("changed my mind");
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(admission.waiting).toBe(0);
    await expect(admission.acquire(LONG_MS, abort.signal)).rejects.toBe(reason);
    release();
    await admission.acquire(0);
  });
});
