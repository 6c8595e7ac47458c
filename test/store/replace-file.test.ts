import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { HomeNotWritableError, replaceFile } from "../../src/store/index.js";
import { emptyFolder } from "../support/folder.js";
import { needsPosix } from "../support/platform.js";

it("replaces the text and leaves nothing else behind", async () => {
  const folder = await emptyFolder();
  const path = join(folder, "file.json");
  await replaceFile(path, "old");
  await replaceFile(path, "new");
  expect(await readFile(path, "utf8")).toBe("new");
  expect(await readdir(folder)).toEqual(["file.json"]);
});

it("gives the new file its permissions, not those of the old one", async (context) => {
  needsPosix(context, "Windows has no permission bits.");
  const path = join(await emptyFolder(), "file.json");
  await writeFile(path, "old");
  await chmod(path, 0o644);
  await replaceFile(path, "secret", { mode: 0o600 });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it("leaves the file as it was if aborted", async () => {
  const folder = await emptyFolder();
  const path = join(folder, "file.json");
  await writeFile(path, "old");
  const reason = new Error("the lock is lost");
  await expect(replaceFile(path, "new", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(await readFile(path, "utf8")).toBe("old");
  expect(await readdir(folder)).toEqual(["file.json"]);
});

it("says what to do where it can't write", async (context) => {
  needsPosix(context, "Windows says of a file in the place of a folder that nothing is there.");
  // a file can't hold another, whoever runs this
  const notAFolder = join(await emptyFolder(), "not-a-folder");
  await writeFile(notAFolder, "");
  await expect(replaceFile(join(notAFolder, "file.json"), "new")).rejects.toThrow(HomeNotWritableError);
});

it("leaves no draft where it can't replace", async () => {
  const folder = await emptyFolder();
  // a folder can't be replaced by a file
  await mkdir(join(folder, "folder"));
  await expect(replaceFile(join(folder, "folder"), "new")).rejects.toThrow();
  expect(await readdir(folder)).toEqual(["folder"]);
});
