import { stat, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";

import { expect, test } from "vitest";

import {
  criaHome,
  DiskFullError,
  explainDiskError,
  HomeNotWritableError,
  makeRoom,
} from "../../src/store/index.js";
import { emptyFolder } from "../support/folder.js";

test("CRIA_HOME may be relative to the working directory", () => {
  expect(criaHome({ CRIA_HOME: "some/where" })).toBe(join(process.cwd(), "some/where"));
});

test.for([{}, { CRIA_HOME: "" }])("without CRIA_HOME the platform's cache folder is used: %o", (env) => {
  expect(criaHome(env)).toMatch(/cria/);
  expect(isAbsolute(criaHome(env))).toBe(true);
});

test("making room creates the folder, and fails if the disk has too little space", async () => {
  const folder = join(await emptyFolder(), "a/b");
  await makeRoom(folder, 1000);
  expect((await stat(folder)).isDirectory()).toBe(true);
  const error: unknown = await makeRoom(folder, 1e18).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DiskFullError);
  expect(error).toMatchObject({ directory: folder, neededBytes: 1e18 + 32 * 1024 * 1024 });
  expect((error as Error).message).toMatch(/needs 1000000000\.0 GB of free space and has .* set CRIA_HOME/u);
});

test("a folder that cannot be created is reported with the system's code", async () => {
  const file = join(await emptyFolder(), "file");
  await writeFile(file, "");
  await expect(makeRoom(join(file, "below"), 0)).rejects.toMatchObject({
    name: "HomeNotWritableError",
    directory: join(file, "below"),
    code: "ENOTDIR",
  });
});

test("errors of a failed write are explained, and others are returned unchanged", async () => {
  const folder = await emptyFolder();
  const failure = (code: string) => Object.assign(new Error(code), { code });
  for (const code of ["ENOSPC", "EDQUOT"])
    expect(await explainDiskError(failure(code), folder, 7)).toBeInstanceOf(DiskFullError);
  for (const code of ["EACCES", "EPERM", "EROFS"])
    expect(await explainDiskError(failure(code), folder, 7)).toBeInstanceOf(HomeNotWritableError);
  const other = failure("EIO");
  expect(await explainDiskError(other, folder, 7)).toBe(other);
});
