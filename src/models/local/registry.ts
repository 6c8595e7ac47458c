import { randomUUID } from "node:crypto";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";

import { errorCode } from "../../platform/index.js";
import { explainDiskError, withLock } from "../../store/index.js";
import { RegistryError } from "../errors.js";

/** Thousands of models; more is some other file. */
const MAX_BYTES = 1024 * 1024;

/** Where it's written which models were pulled or added. */
export function registryFile(home: string): string {
  return join(home, "models.json");
}

/**
 * The models that were pulled or added, the latest first; none where there is no file.
 *
 * @throws {RegistryError} it can't be read, or says something else
 */
export async function readRegistry(home: string): Promise<readonly RegisteredModel[]> {
  const file = registryFile(home);
  let text: string;
  try {
    if ((await stat(file)).size > MAX_BYTES)
      throw new RegistryError(file, `it is longer than ${MAX_BYTES} bytes`);
    text = await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    if (error instanceof RegistryError) throw error;
    throw new RegistryError(file, `it can't be read (${errorCode(error)})`, { cause: error });
  }
  return parse(text, file).map((model) => ({ ...model, path: resolve(home, model.path) }));
}

/**
 * Changes the registry. Whoever reads it sees what it said before or says after; two changes at once happen one after the
 * other.
 *
 * @param change - gets the models that there are, and gives those that there are to be
 * @throws {RegistryError} what is there can't be read
 * @throws {HomeNotWritableError} {@link DiskFullError} it can't be written
 * @throws what `change` throws; the registry then stays as it is
 */
export async function changeRegistry(
  home: string,
  change: (models: readonly RegisteredModel[]) => readonly RegisteredModel[],
): Promise<void> {
  const file = registryFile(home);
  await withLock(`${file}.lock`, async (signal) => {
    const changed = change(await readRegistry(home));
    // the folder may be moved, or copied to another machine, with what is Cria's own in it
    const models = changed.map((model) =>
      model.owned ? { ...model, path: relative(home, model.path) } : model,
    );
    const draft = `${file}.${randomUUID()}`;
    try {
      await writeFile(draft, `${JSON.stringify({ models }, undefined, 2)}\n`, { flag: "wx", flush: true });
      signal.throwIfAborted();
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw await explainDiskError(error, dirname(file), 0);
    }
  });
}

/** Adds a model; one that has the same file is replaced. @throws as {@link changeRegistry} */
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
    throw new RegistryError(file, "it is no JSON", { cause: error });
  }
  const list = typeof value === "object" && value !== null && "models" in value ? value.models : undefined;
  const models = Array.isArray(list) ? list.map(parseRegisteredModel) : undefined;
  if (models?.every((model) => model !== undefined) === true) return models;
  throw new RegistryError(file, "it says something else than models");
}

/** A model that was pulled or added, as it's kept in the registry. */
export interface RegisteredModel {
  /** Bedrock's id. */
  readonly modelId: string;
  /** The file, or the first part of a split one. Absolute. */
  readonly path: string;
  readonly source: "pulled" | "imported";
  /** Whether the files are Cria's own, in its folder, and go when the model is removed. */
  readonly owned: boolean;
  /** llama.cpp's name of the rounding, where the file says it. */
  readonly quantization?: string;
  /** Of all parts. */
  readonly bytes: number;
  /** ISO 8601. */
  readonly addedAt: string;
}

/** Reads an entry; undefined if it says something else. */
export function parseRegisteredModel(value: unknown): RegisteredModel | undefined {
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
