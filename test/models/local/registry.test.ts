import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { expect, test } from "vitest";

import { RegistryError } from "../../../src/models/index.js";
import {
  changeRegistry,
  readRegistry,
  registerModel,
  registryFile,
} from "../../../src/models/local/registry.js";
import { emptyFolder } from "../../support/folder.js";

const model = { modelId: "m", source: "imported", owned: false, bytes: 1 } as const;

test("a missing registry is empty", async () => {
  expect(await readRegistry(await emptyFolder())).toEqual([]);
});

test("concurrent changes are all made, the latest is first, and no other file is left", async () => {
  const home = await emptyFolder();
  const paths = Array.from({ length: 10 }, (_, index) => resolve(`/models/${index}.gguf`));
  const third = resolve("/models/3.gguf");
  await Promise.all(paths.map((path) => registerModel(home, { ...model, path })));
  expect((await readRegistry(home)).map(({ path }) => path).sort()).toEqual(paths);
  await registerModel(home, { ...model, path: third, bytes: 2 });
  const [latest, ...rest] = await readRegistry(home);
  expect(latest).toMatchObject({ path: third, bytes: 2 });
  expect(rest).toHaveLength(9);
  expect(await readdir(home)).toEqual(["models.json"]);
});

test("files owned by Cria are found after its folder has moved", async () => {
  const [home, elsewhere] = [await emptyFolder(), join(await emptyFolder(), "moved")];
  await registerModel(home, { ...model, owned: true, path: join(home, "models/m.gguf") });
  await rename(home, elsewhere);
  expect(await readRegistry(elsewhere)).toMatchObject([{ path: join(elsewhere, "models/m.gguf") }]);
});

test("a change that fails changes nothing", async () => {
  const home = await emptyFolder();
  await registerModel(home, { ...model, path: "/m.gguf" });
  const before = await readFile(registryFile(home), "utf8");
  const failing = changeRegistry(home, () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await readFile(registryFile(home), "utf8")).toBe(before);
});

test.for([
  ["not JSON", "{"],
  ["no list of models", "[]"],
  ["a model without a path", JSON.stringify({ models: [{ modelId: "m" }] })],
  ["too long", " ".repeat(2 * 1024 * 1024)],
] as const)("a bad registry is reported and not overwritten: %s", async ([, text]) => {
  const home = await emptyFolder();
  await writeFile(registryFile(home), text);
  await expect(readRegistry(home)).rejects.toThrow(RegistryError);
  await expect(registerModel(home, { ...model, path: "/m.gguf" })).rejects.toThrow(RegistryError);
  expect(await readFile(registryFile(home), "utf8")).toBe(text);
});
