import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, expect, it, vi } from "vitest";

import { runToEnd, spawnErrorMessage } from "../../src/cli/run-to-end.js";
import { emptyFolder } from "../support/folder.js";
import { needsPosix } from "../support/platform.js";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Without it, a program that may not be executed is one that isn't there. */
const NO_BIT = "Windows has no permission to execute a file.";

/** What is run, with what it says on stderr. */
async function run(command: string, args: readonly string[]) {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const code = await runToEnd(command, args, process.env);
  return { code, said: write.mock.calls.map(([text]) => String(text)).join("") };
}

it("a path through a file isn't executable, and says why", async (context) => {
  needsPosix(context, NO_BIT);
  const file = join(await emptyFolder(), "file");
  await writeFile(file, "");
  const { code, said } = await run(join(file, "program"), []);
  expect(code).toBe(126);
  expect(said).toMatch(/^cria: .*program: .*ENOTDIR/u);
});

it("a folder may not be executed", async (context) => {
  needsPosix(context, NO_BIT);
  const folder = join(await emptyFolder(), "program");
  await mkdir(folder);
  expect(await run(folder, [])).toMatchObject({ code: 126 });
});

it.each([
  ["linux", "EACCES", /chmod \+x/],
  ["win32", "EACCES", /cria run -- python app\.py/],
  ["win32", "ENOENT", /no such program/],
] as const)("says what to do on %s after %s", (platform, code, advice) => {
  const error = Object.assign(new Error(code), { code });
  expect(spawnErrorMessage("app.py", error, platform)).toMatch(advice);
});
