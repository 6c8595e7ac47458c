import { setTimeout as sleep } from "node:timers/promises";

import { expect, it } from "vitest";

import { timerMs } from "../../src/platform/index.js";

it.each([Infinity, 2 ** 31, 3e9])("makes of %d ms a time that doesn't pass at once", async (ms) => {
  const stop = new AbortController();
  const passed = sleep(timerMs(ms), "passed", { signal: stop.signal });
  expect(await Promise.race([passed.catch(() => "stopped"), sleep(50, "waits")])).toBe("waits");
  stop.abort();
});

it("leaves others as they are", () => {
  expect([0, 1.5, 60_000].map(timerMs)).toEqual([0, 1.5, 60_000]);
});
