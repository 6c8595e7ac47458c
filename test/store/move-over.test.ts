import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { explainDiskError, FileInUseError, isInUse, moveOver } from "../../src/store/index.js";
import { emptyFolder } from "../support/folder.js";

const failure = (code: string) => Object.assign(new Error(code), { code });

/** A rename that fails a number of times, as on Windows while a reader has the file open. */
function failing(code: string, times: number) {
  const calls: number[] = [];
  return {
    calls,
    move: async (from: string, to: string) => {
      calls.push(calls.length);
      if (calls.length <= times) throw failure(code);
      await rename(from, to);
    },
  };
}

it.each(["EPERM", "EACCES", "EBUSY"])("tries again on Windows after %s", async (code) => {
  const folder = await emptyFolder();
  const [from, to] = [join(folder, "new"), join(folder, "file")];
  await writeFile(from, "new");
  await writeFile(to, "old");
  const { move, calls } = failing(code, 3);
  await moveOver(from, to, { platform: "win32", move });
  expect(calls).toHaveLength(4);
  expect(await readFile(to, "utf8")).toBe("new");
  expect(await readdir(folder)).toEqual(["file"]);
});

it("says which file is in use once it has tried for long enough, and keeps saying so", async () => {
  const { move, calls } = failing("EPERM", Infinity);
  const error: unknown = await moveOver("a", "b.json", { platform: "win32", move, patienceMs: 50 }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FileInUseError);
  expect((error as Error).message).toMatch(/b\.json \(EPERM\): a program has it open.*cria serve/);
  expect(calls.length).toBeGreaterThan(1);
  // no advice to set CRIA_HOME, which wouldn't help
  expect(await explainDiskError(error, ".", 0)).toBe(error);
});

it.each([
  ["win32", "ENOENT"],
  ["win32", "ENOSPC"],
  ["linux", "EPERM"],
  ["linux", "EACCES"],
  ["darwin", "EBUSY"],
] as const)("tries once on %s after %s", async (platform, code) => {
  const { move, calls } = failing(code, 1);
  await expect(moveOver("a", "b", { platform, move })).rejects.toMatchObject({ code, message: code });
  expect(calls).toHaveLength(1);
  expect(isInUse(failure(code), platform)).toBe(false);
});
