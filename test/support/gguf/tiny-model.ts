import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import type { TinyModelName } from "./build-tiny-model.js";

const folder = fileURLToPath(new URL("../../../.cache/tiny-models", import.meta.url));

/**
 * The path of a tiny model with a real vocabulary: `tiny-llama-2.gguf`, 2 MB, `tiny-llama-3.gguf`, 14 MB, or
 * `tiny-llama-4.gguf`, 20 MB. It is made by the first call and kept in `.cache/` for all tests, until its sources change. A test that takes
 * Llama 4's calls `needsLlama4` before.
 */
export async function tinyModel(name: TinyModelName): Promise<string> {
  const path = join(folder, await key(), `tiny-${name}.gguf`);
  if (existsSync(path)) return path;
  // imported only if needed: the vocabularies are large
  const { buildTinyModel } = await import("./build-tiny-model.js");
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, buildTinyModel(name));
  // atomically: another test's process may check for it at this moment
  await rename(draft, path);
  return path;
}

/** A hash of the models' sources: the files in this folder and the tokenizers', and the packages with the vocabularies. */
async function key(): Promise<string> {
  const here = dirname(fileURLToPath(import.meta.url));
  const sources = (await Promise.all([here, join(here, "../tokenizers")].map(filesIn))).flat();
  const packages = ["llama-tokenizer-js", "llama3-tokenizer-js"].map((name) =>
    fileURLToPath(import.meta.resolve(name)),
  );
  const hash = createHash("sha256");
  for (const file of [...sources, ...packages]) hash.update(await readFile(file));
  return hash.digest("hex").slice(0, 16);
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}
