import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { afterEach, expect, test } from "vitest";

import { startEngineProcessAhead, takeChild } from "../../../../src/engine/llama-cpp/parent/child-process.js";

const MODULE = new URL("../../../../build/engine/llama-cpp/parent/child-process.js", import.meta.url).href;

/** The beginning of a program that gets the functions, and in `started` the ids of the processes that they start. */
const IMPORT = `
    const { syncBuiltinESMExports } = await import("node:module");
    const { default: childProcess } = await import("node:child_process");
    const { fork } = childProcess;
    const started = [];
    childProcess.fork = (...args) => {
      const child = fork(...args);
      started.push(child.pid);
      return child;
    };
    syncBuiltinESMExports();
    const { startEngineProcessAhead, takeChild } = await import(${JSON.stringify(MODULE)});
    startEngineProcessAhead();`;

/** Takes a process and notes it, to be ended. */
function take() {
  const child = takeChild();
  taken.push(child);
  return child;
}
const taken: ReturnType<typeof takeChild>[] = [];

afterEach(() => {
  for (const child of taken.splice(0)) child.kill("SIGKILL");
});

test("the process that was started ahead is the next one, once", () => {
  const first = take();
  startEngineProcessAhead();
  startEngineProcessAhead();
  const [ahead, next] = [take(), take()];
  expect(new Set([first.pid, ahead.pid, next.pid]).size).toBe(3);
});

test("a process that died meanwhile isn't used", async () => {
  const script = `${IMPORT}
    const [pid] = started;
    process.kill(pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 500));
    const child = takeChild();
    console.log(child.pid !== pid, child.connected);
    process.exit();`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  expect(stdout).toBe("true true\n");
});

test("a program that doesn't use the process isn't kept alive by it, and leaves none behind", async () => {
  const script = `${IMPORT}
    console.log(started[0]);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  const pid = Number(stdout);
  expect(pid).toBeGreaterThan(0);
  const isAlive = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (isAlive()) await new Promise((resolve) => setTimeout(resolve, 20));
});
