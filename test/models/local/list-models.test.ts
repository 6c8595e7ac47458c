import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { smallModel, listModels } from "../../../src/models/index.js";
import { emptyFolder } from "../../support/folder.js";

test("an empty home lists the stand-in, which is not here", async () => {
  const home = await emptyFolder();
  expect(await listModels(home)).toEqual([
    {
      name: smallModel.name,
      path: join(home, "models", smallModel.fileName),
      here: false,
      bytes: 98_362_432,
      partialBytes: 0,
      entry: smallModel,
    },
  ]);
});

test("complete files, unfinished downloads and the user's files are distinguished", async () => {
  const home = await emptyFolder();
  const folder = join(home, "models");
  await mkdir(join(folder, "folder.gguf"), { recursive: true });
  await writeFile(join(folder, "mine.gguf"), "GGUF");
  await writeFile(join(folder, "notes.txt"), "");
  await writeFile(join(folder, `${smallModel.fileName}.part`), "GGUF");
  const [begun, mine, ...rest] = await listModels(home);
  expect(begun).toMatchObject({ name: smallModel.name, here: false, partialBytes: 4 });
  expect(mine).toMatchObject({ name: "mine.gguf", here: true, bytes: 4, entry: undefined });
  expect(rest).toEqual([]);

  await writeFile(join(folder, smallModel.fileName), "");
  await truncate(join(folder, smallModel.fileName), smallModel.bytes);
  expect((await listModels(home))[0]).toMatchObject({ here: true });
});
