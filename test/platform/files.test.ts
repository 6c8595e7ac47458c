import { mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { errorCode, filesBelow, fileSize, formatBytes, freeBytes } from "../../src/platform/index.js";
import { emptyFolder } from "../support/folder.js";

test("the code of a system error is read, and no other value has one", async () => {
  const missing: unknown = await stat("/no/such/file").catch((error: unknown) => error);
  expect(errorCode(missing)).toBe("ENOENT");
  expect(
    [new Error("no"), Object.assign(new Error("no"), { code: 7 }), "ENOENT", undefined].map(errorCode),
  ).toEqual(["", "", "", ""]);
});

test("only a file has a size", async () => {
  const folder = await emptyFolder();
  await writeFile(join(folder, "file"), "1234");
  expect(await fileSize(join(folder, "file"))).toBe(4);
  expect(await fileSize(folder)).toBeUndefined();
  expect(await fileSize(join(folder, "none"))).toBeUndefined();
});

test("free space is that of an existing folder", async () => {
  const folder = await emptyFolder();
  expect(await freeBytes(folder)).toBeGreaterThan(0);
  expect(await freeBytes(join(folder, "none"))).toBeUndefined();
});

test("files are listed down to a depth and up to a number; links are files", async () => {
  const folder = await emptyFolder();
  await mkdir(join(folder, "b/c/d"), { recursive: true });
  for (const name of ["z", "a", "b/1", "b/c/2", "b/c/d/3"]) await writeFile(join(folder, name), "");
  await symlink("nowhere", join(folder, "b/link"));
  const list = async (depth: number, most = 100) =>
    (await filesBelow(folder, depth, most)).map((names) => names.join("/"));
  expect(await list(0)).toEqual(["a", "z"]);
  expect(await list(2)).toEqual(["a", "b/1", "b/c/2", "b/link", "z"]);
  expect(await list(9, 3)).toEqual(["a", "b/1", "b/c/2"]);
  expect(await filesBelow(join(folder, "none"), 9, 9)).toEqual([]);
});

test.for([
  [999_999, "999999 bytes"],
  [1_000_000, "1 MB"],
  [98_362_432, "98 MB"],
  [4_920_000_000, "4.9 GB"],
] as const)("%i bytes are formatted as %s", ([bytes, text]) => {
  expect(formatBytes(bytes)).toBe(text);
});
