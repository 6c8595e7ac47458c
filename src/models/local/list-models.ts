import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { fileSize } from "../../platform/index.js";
import { criaHome } from "../../store/index.js";
import { type KnownModelEntry, type ModelEntry, standInModels } from "../catalogue/index.js";
import { modelPath, modelsFolder, partialPath } from "../model-paths.js";

/** A stand-in, or a file in the models folder. */
export interface ListedModel {
  /** The name in the catalogue, or the file's name. */
  readonly name: string;
  /** Where the file is or belongs. */
  readonly path: string;
  /** Whether the complete file is here. */
  readonly here: boolean;
  /** The file's size, on disk or to be fetched. */
  readonly bytes: number;
  /** The size of an unfinished download. */
  readonly partialBytes: number;
  /** The catalogue's entry; undefined for a file that is not in the catalogue. */
  readonly entry: ModelEntry | undefined;
}

/**
 * Lists the stand-ins, whether here or not, then the other GGUF files in the models folder. Weights of Bedrock models have
 * folders of their own in there and are not listed.
 *
 * @param home - @default criaHome()
 */
export async function listModels(home: string = criaHome()): Promise<ListedModel[]> {
  const known = await Promise.all(standInModels.map((entry) => listEntry(entry, home)));
  const folder = modelsFolder(home);
  const names = await readdir(folder).catch(() => []);
  const others = names
    .filter((name) => name.endsWith(".gguf") && !standInModels.some(({ fileName }) => fileName === name))
    .sort()
    .map((name) => listFile(name, join(folder, name)));
  return [...known, ...(await Promise.all(others)).filter((model) => model !== undefined)];
}

async function listEntry(entry: KnownModelEntry, home: string): Promise<ListedModel> {
  const path = modelPath(entry, home);
  const here = (await fileSize(path)) === entry.bytes;
  const partialBytes = (await fileSize(partialPath(path))) ?? 0;
  return { name: entry.name, path, here, bytes: entry.bytes, partialBytes, entry };
}

async function listFile(name: string, path: string): Promise<ListedModel | undefined> {
  const bytes = await fileSize(path);
  if (bytes === undefined) return undefined;
  return { name, path, here: true, bytes, partialBytes: 0, entry: undefined };
}
