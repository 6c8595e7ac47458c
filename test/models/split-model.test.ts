import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { isFirstPart, modelParts, partName } from "../../src/models/split-model.js";
import { emptyFolder } from "../support/folder.js";

test("parts are named as llama.cpp's gguf-split names them", () => {
  expect(partName("folder/model", 2, 13)).toBe("folder/model-00002-of-00013.gguf");
});

test.for([
  ["model.gguf", true],
  ["model-00001-of-00003.gguf", true],
  ["model-00002-of-00003.gguf", false],
  ["model-00001-of-00003.safetensors", false],
] as const)("%s is a whole model or a first part: %s", ([name, expected]) => {
  expect(isFirstPart(name)).toBe(expected);
});

test("the parts beside the first one are found, up to one that is missing", async () => {
  const folder = await emptyFolder();
  const paths = [1, 2, 3, 4].map((part) => join(folder, partName("model", part, 4)));
  for (const [index, path] of paths.entries()) if (index !== 2) await writeFile(path, "x".repeat(index + 1));
  const [first = "", second = "", third = ""] = paths;
  const before = await modelParts(first);
  expect(before).toMatchObject({ parts: [first, second], bytes: 3 });
  await writeFile(third, "123");
  expect(await modelParts(first)).toMatchObject({ parts: paths, bytes: 10, key: before.key });
  await writeFile(first, "changed");
  expect((await modelParts(first)).key).not.toBe(before.key);
  await expect(modelParts(join(folder, "none.gguf"))).rejects.toThrow("ENOENT");
});
