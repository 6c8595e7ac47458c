import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { afterEach, expect, it, vi } from "vitest";

import { endProgram, hasGroups } from "../../src/platform/end-program.js";
import { emptyFolder } from "../support/folder.js";
import { needsPosix } from "../support/platform.js";

/** Why the tests with a fake `taskkill` need another system. */
const NO_SCRIPTS = "Windows runs no shell script in a program's place.";

afterEach(() => {
  vi.unstubAllEnvs();
});

const waits = () => spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });

/** A `taskkill` of the test's own, found first on the PATH. @returns the file to which it writes its arguments */
async function fakeTaskkill(end: string): Promise<string> {
  const folder = await emptyFolder();
  const [program, called] = [join(folder, "taskkill"), join(folder, "called")];
  await writeFile(program, `#!/bin/sh\necho "$@" > '${called}'\n${end}\n`);
  await chmod(program, 0o755);
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"] ?? ""}`);
  return called;
}

it("taskkill ends the program and its children on Windows", async (context) => {
  needsPosix(context, NO_SCRIPTS);
  expect(hasGroups("win32")).toBe(false);
  const called = await fakeTaskkill('kill -9 "$4"');
  const child = waits();
  const ended = once(child, "exit");
  endProgram(child, "win32");
  // the signal of the fake, not that of the fallback
  expect(await ended).toEqual([null, "SIGKILL"]);
  expect(await readFile(called, "utf8")).toBe(`/T /F /PID ${child.pid}\n`);
});

it("the program itself is ended where taskkill fails", async (context) => {
  needsPosix(context, NO_SCRIPTS);
  await fakeTaskkill("exit 128");
  const child = waits();
  const ended = once(child, "exit");
  endProgram(child, "win32");
  expect(await ended).toEqual([null, "SIGTERM"]);
});

it("the program itself is ended where there is no taskkill", async () => {
  vi.stubEnv("PATH", await emptyFolder());
  const child = waits();
  const ended = once(child, "exit");
  endProgram(child, "win32");
  expect(await ended).toEqual([null, "SIGTERM"]);
});
