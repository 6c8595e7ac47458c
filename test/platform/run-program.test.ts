import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test, vi } from "vitest";

import { runProgram } from "../../src/platform/index.js";
import { emptyFolder } from "../support/folder.js";

const node = (script: string, signal?: AbortSignal) =>
  runProgram(process.execPath, ["-e", script], { env: {}, signal });

test("the output of both streams and the exit code are returned", async () => {
  const result = await node(`console.log("out"); console.error("err"); process.exitCode = 3`);
  expect(result?.code).toBe(3);
  expect(result?.output.split("\n").sort()).toEqual(["err", "out"]);
});

test("the end of a long output is kept", async () => {
  const result = await node(`process.stdout.write("x".repeat(1e6) + "the end")`);
  expect(result?.output).toHaveLength(20_000);
  expect(result?.output).toMatch(/xthe end$/);
});

test("the result for a missing program is undefined", async () => {
  expect(await runProgram("no-such-program-here", [], { env: process.env })).toBeUndefined();
});

test("an abort ends the program, then throws", async () => {
  const started = join(await emptyFolder(), "started");
  const stop = new AbortController();
  const running = node(
    `fs.writeFileSync(${JSON.stringify(started)}, String(process.pid)); setInterval(() => {}, 1000)`,
    stop.signal,
  );
  await vi.waitFor(() => expect(existsSync(started)).toBe(true), 5000);
  const reason = new Error("enough");
  stop.abort(reason);
  await expect(running).rejects.toBe(reason);
  expect(() => process.kill(Number(readFileSync(started, "utf8")), 0)).toThrow("ESRCH");
});
