import { describe, expect, test } from "vitest";

import { Admission } from "../../src/engine/admission.js";
import { EngineBusyError } from "../../src/engine/index.js";

describe("Admission", () => {
  test("admits as many as there are sequences, then in the order they came", async () => {
    const admission = new Admission(2);
    const leave = await admission.enter();
    await admission.enter();
    const order: string[] = [];
    const first = admission.enter().then(() => order.push("first"));
    const second = admission.enter().then((release) => {
      order.push("second");
      release();
    });
    expect(admission.waiting).toBe(2);
    leave();
    await first;
    expect(order).toEqual(["first"]);
    leave();
    await Promise.resolve();
    // giving back twice frees nothing
    expect(admission.waiting).toBe(1);
    void second;
  });

  test("refuses at once when the queue is full", async () => {
    const admission = new Admission(1, { length: 1 });
    await admission.enter();
    void admission.enter();
    await expect(admission.enter()).rejects.toThrow(EngineBusyError);
  });

  test("refuses after the wait, and the place is free for others", async () => {
    const admission = new Admission(1, { waitMs: 10 });
    const leave = await admission.enter();
    await expect(admission.enter()).rejects.toThrow("No sequence came free within 0.01 s.");
    expect(admission.waiting).toBe(0);
    leave();
    await expect(admission.enter()).resolves.toBeTypeOf("function");
  });

  test("an abort gives the place up with its own reason", async () => {
    const admission = new Admission(1);
    const leave = await admission.enter();
    const abort = new AbortController();
    const waiting = admission.enter(abort.signal);
    const reason = new Error("changed my mind");
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(admission.waiting).toBe(0);
    await expect(admission.enter(abort.signal)).rejects.toBe(reason);
    leave();
    await admission.enter();
  });
});
