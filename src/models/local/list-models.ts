import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { fileSize } from "../../platform/index.js";
import { criaHome } from "../../store/index.js";
import { defaultModel, type KnownModelEntry, type ModelEntry } from "../catalogue/index.js";
import { modelPath, modelsFolder } from "../model-paths.js";

/** A model that is on this machine, or could be. */
export interface ListedModel {
  /** The catalogue's name, or the file's. */
  readonly name: string;
  /** Where its file is, or would be. */
  readonly path: string;
  /** Whether its file is here, complete. */
  readonly here: boolean;
  /** The file's size: on disk if it's here, else what there is to fetch. */
  readonly bytes: number;
  /** Bytes of an unfinished download. */
  readonly partialBytes: number;
  /** What the catalogue says of it; undefined for a file it doesn't know. */
  readonly entry: ModelEntry | undefined;
}

/** The models that answer in place of others. */
const standIns: readonly KnownModelEntry[] = [defaultModel];

/**
 * The models that stand in, here or not, and then the other GGUF files that lie in the folder of the models. The weights
 * that the catalogue knows have folders of their own in it.
 *
 * @param home - @default criaHome()
 */
export async function listModels(home: string = criaHome()): Promise<ListedModel[]> {
  const known = await Promise.all(standIns.map((entry) => listEntry(entry, home)));
  const folder = modelsFolder(home);
  const names = await readdir(folder).catch(() => []);
  const others = names
    .filter((name) => name.endsWith(".gguf") && !standIns.some(({ fileName }) => fileName === name))
    .sort()
    .map((name) => listFile(name, join(folder, name)));
  return [...known, ...(await Promise.all(others)).filter((model) => model !== undefined)];
}

async function listEntry(entry: KnownModelEntry, home: string): Promise<ListedModel> {
  const path = modelPath(entry, home);
  const here = (await fileSize(path)) === entry.bytes;
  const partialBytes = (await fileSize(`${path}.part`)) ?? 0;
  return { name: entry.name, path, here, bytes: entry.bytes, partialBytes, entry };
}

async function listFile(name: string, path: string): Promise<ListedModel | undefined> {
  const bytes = await fileSize(path);
  if (bytes === undefined) return undefined;
  return { name, path, here: true, bytes, partialBytes: 0, entry: undefined };
}
