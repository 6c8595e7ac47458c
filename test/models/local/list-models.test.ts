import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { listModels, smallModel, standInModels } from "../../../src/models/index.js";
import { emptyFolder } from "../../support/folder.js";

test("an empty home lists the stand-ins, which are not here", async () => {
  const home = await emptyFolder();
  expect(await listModels(home)).toEqual(
    standInModels.map((entry) => ({
      name: entry.name,
      path: join(home, "models", entry.fileName),
      here: false,
      bytes: entry.bytes,
      partialBytes: 0,
      entry,
    })),
  );
  expect(standInModels.map(({ name }) => name)).toContain(smallModel.name);
});

test("complete files, unfinished downloads and the user's files are distinguished", async () => {
  const home = await emptyFolder();
  const folder = join(home, "models");
  await mkdir(join(folder, "folder.gguf"), { recursive: true });
  await writeFile(join(folder, "mine.gguf"), "GGUF");
  await writeFile(join(folder, "notes.txt"), "");
  await writeFile(join(folder, `${smallModel.fileName}.part`), "GGUF");
  const [begun, other, mine, ...rest] = await listModels(home);
  expect(begun).toMatchObject({ name: smallModel.name, here: false, partialBytes: 4 });
  expect(other).toMatchObject({ here: false, partialBytes: 0 });
  expect(mine).toMatchObject({ name: "mine.gguf", here: true, bytes: 4, entry: undefined });
  expect(rest).toEqual([]);

  await writeFile(join(folder, smallModel.fileName), "");
  await truncate(join(folder, smallModel.fileName), smallModel.bytes);
  expect((await listModels(home))[0]).toMatchObject({ here: true });
});
