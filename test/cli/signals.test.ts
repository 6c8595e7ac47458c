import { once } from "node:events";

import { afterEach, describe, expect, it, vi } from "vitest";

import { InterruptedError } from "../../src/cli/errors.js";
import { signalExitCode } from "../../src/cli/exit-code.js";
import { forwardSignals, watchInterrupts } from "../../src/cli/signals.js";

/** Those that ask a process to end, on one platform or another. */
const ASKING = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"] as const;

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

describe("the first signal", () => {
  it.each(ASKING)("%s aborts, and no handler is left afterwards", (signal) => {
    const before = process.listenerCount(signal);
    const watch = watchInterrupts();
    stops.push(() => watch.stop());
    process.emit(signal, signal);
    expect(watch.signal.reason).toEqual(new InterruptedError(signal));
    watch.stop();
    expect(process.listenerCount(signal)).toBe(before);
  });
});

it("one Ctrl-C can do something else, once; other signals end the program all the same", () => {
  const watch = watchInterrupts();
  stops.push(() => watch.stop());
  const skip = vi.fn();
  watch.divert(skip);
  process.emit("SIGINT", "SIGINT");
  expect(skip).toHaveBeenCalledOnce();
  expect(watch.signal.aborted).toBe(false);
  const takeBack = watch.divert(skip);
  takeBack();
  process.emit("SIGINT", "SIGINT");
  expect(watch.signal.aborted).toBe(true);
  expect(skip).toHaveBeenCalledOnce();

  watch.stop();
  const other = watchInterrupts();
  stops.push(() => other.stop());
  other.divert(skip);
  process.emit("SIGTERM", "SIGTERM");
  expect(other.signal.aborted).toBe(true);
  expect(skip).toHaveBeenCalledOnce();
});

it("the second signal waits for what is to be ended first, and the third doesn't", async () => {
  const exit = vi.spyOn(process, "exit").mockImplementation((() => undefined) as () => never);
  let end: () => void = () => undefined;
  const onSecond = vi.fn(() => new Promise<void>((resolve) => (end = resolve)));
  const watch = watchInterrupts({ onSecond });
  stops.push(
    () => watch.stop(),
    () => exit.mockRestore(),
  );
  process.emit("SIGTERM", "SIGTERM");
  process.emit("SIGTERM", "SIGTERM");
  expect([onSecond.mock.calls.length, exit.mock.calls]).toEqual([1, []]);
  end();
  await vi.waitFor(() => expect(exit.mock.calls).toEqual([[143]]));
  process.emit("SIGINT", "SIGINT");
  expect(exit.mock.calls).toContainEqual([130]);
});

describe("signals for a child process", () => {
  const start = (platform: NodeJS.Platform) => {
    const child = { kill: vi.fn(() => true) };
    stops.push(forwardSignals(child, platform));
    return child;
  };

  it.each(["SIGTERM", "SIGHUP", "SIGUSR2"] as const)("%s is forwarded", (signal) => {
    const { kill } = start("linux");
    process.emit(signal, signal);
    expect(kill.mock.calls).toEqual([[signal]]);
  });

  it.each(ASKING)("%s isn't on Windows, where the child gets it from the console", async (signal) => {
    const { kill } = start("win32");
    const sent = once(process, signal);
    process.emit(signal, signal);
    await sent;
    expect(kill).not.toHaveBeenCalled();
  });
});

describe("the exit code after a signal", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGKILL", 137],
    ["SIGTERM", 143],
  ] as const)("%s: %d", (signal, code) => {
    expect(signalExitCode(signal)).toBe(code);
  });

  it("is a number for a signal that the platform doesn't have", () => {
    expect(signalExitCode("SIGNONE" as NodeJS.Signals)).toBe(128);
  });
});
