/** The tests' writer of model files, compiled for a benchmark. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import ts from "typescript";

const sources = fileURLToPath(new URL("../../../test/support/gguf", import.meta.url));
/** Inside the repository, so that the packages with the vocabularies are found. */
const folder = fileURLToPath(new URL("../../../.cache/bench/gguf", import.meta.url));

const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };

/** Imports the module of that name in `test/support/gguf`. */
export async function gguf(name) {
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(sources)) {
    const { outputText } = ts.transpileModule(await readFile(join(sources, file), "utf8"), {
      compilerOptions,
    });
    await writeFile(join(folder, file.replace(/\.ts$/u, ".js")), outputText);
  }
  return import(join(folder, `${name}.js`));
}
