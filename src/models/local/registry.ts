import { join, relative, resolve } from "node:path";

import { errorCode, isInside } from "../../platform/index.js";
import { readOwnText, replaceFile, withLock } from "../../store/index.js";
import { RegistryError } from "../errors.js";

/** Enough for thousands of models. A longer file is not a registry. */
const MAX_BYTES = 1024 * 1024;

/** The registry: the file that lists the pulled and added models. */
export function registryFile(home: string): string {
  return join(home, "models.json");
}

/**
 * Reads the pulled and added models, the latest first. A missing registry is empty.
 *
 * The file may come from another machine, or have been edited: an entry whose file is outside Cria's folder isn't owned by Cria, whatever
 * it says of itself.
 *
 * @throws {RegistryError} the file cannot be read, or is not a registry
 */
export async function readRegistry(home: string): Promise<readonly RegisteredModel[]> {
  const file = registryFile(home);
  let text: string;
  try {
    text = await readOwnText(file, MAX_BYTES);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw new RegistryError(file, `can't be read (${errorCode(error)})`, { cause: error });
  }
  return parse(text, file).map((model) => {
    const path = resolve(home, model.path);
    return { ...model, path, owned: model.owned && isInside(resolve(home), path) };
  });
}

/**
 * Changes the registry atomically, under a lock.
 *
 * @param change - returns the new models, given the current ones
 * @throws {RegistryError} the current registry cannot be read
 * @throws {HomeNotWritableError} {@link DiskFullError} the registry cannot be written
 * @throws what `change` throws; the registry is then unchanged
 */
export async function changeRegistry(
  home: string,
  change: (models: readonly RegisteredModel[]) => readonly RegisteredModel[],
): Promise<void> {
  const file = registryFile(home);
  await withLock(`${file}.lock`, async (signal) => {
    const changed = change(await readRegistry(home));
    // paths in Cria's folder are relative, so that the folder can be moved or copied to another machine
    const models = changed.map((model) =>
      model.owned ? { ...model, path: relative(resolve(home), model.path) } : model,
    );
    await replaceFile(file, `${JSON.stringify({ models }, undefined, 2)}\n`, { signal });
  });
}

/** Adds a model, or replaces the entry with the same id and file. @throws as {@link changeRegistry} */
export async function registerModel(home: string, model: Omit<RegisteredModel, "addedAt">): Promise<void> {
  const added = { ...model, addedAt: new Date().toISOString() };
  await changeRegistry(home, (models) => [
    added,
    ...models.filter(({ modelId, path }) => modelId !== model.modelId || path !== model.path),
  ]);
}

function parse(text: string, file: string): readonly RegisteredModel[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RegistryError(file, "is not valid JSON", { cause: error });
  }
  const list = typeof value === "object" && value !== null && "models" in value ? value.models : undefined;
  const models = Array.isArray(list) ? list.map(parseRegisteredModel) : undefined;
  if (models?.every((model) => model !== undefined) === true) return models;
  throw new RegistryError(file, "is not a list of models");
}

/** An entry of the registry: a model that was pulled or added. */
export interface RegisteredModel {
  /** The model's id on Bedrock. */
  readonly modelId: string;
  /** The absolute path of the file, or of the first part of a split model. */
  readonly path: string;
  readonly source: "pulled" | "imported";
  /** Whether the files are in Cria's folder and are deleted with the model. */
  readonly owned: boolean;
  /** llama.cpp's name for the quantization, if the file states it. */
  readonly quantization?: string;
  /** The size of all parts. */
  readonly bytes: number;
  /** A time in ISO 8601. */
  readonly addedAt: string;
}

/** Parses an entry; undefined if it is not one. */
function parseRegisteredModel(value: unknown): RegisteredModel | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { modelId, path, source, owned, quantization, bytes, addedAt } = value as Record<string, unknown>;
  if (typeof modelId !== "string" || typeof path !== "string" || typeof addedAt !== "string")
    return undefined;
  if (source !== "pulled" && source !== "imported") return undefined;
  if (typeof owned !== "boolean" || typeof bytes !== "number") return undefined;
  if (quantization !== undefined && typeof quantization !== "string") return undefined;
  return {
    modelId,
    path,
    source,
    owned,
    bytes,
    addedAt,
    ...(quantization !== undefined && { quantization }),
  };
}
