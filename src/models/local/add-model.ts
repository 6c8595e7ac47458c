import { constants } from "node:fs";
import { copyFile, rename, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

import { criaHome, explainDiskError, makeRoom } from "../../store/index.js";
import { weightsOf } from "../catalogue/index.js";
import { GgufFormatError, ModelFileError, ModelMismatchError } from "../errors.js";
import { checkModelFile, describeGguf, type GgufModel } from "../gguf/index.js";
import { modelFolderName, modelParts, modelsFolder } from "../model-paths.js";
import { registerModel } from "./registry.js";
import { familyMismatch, warnings } from "./shape.js";

export interface AddOptions {
  /** Whether the file is copied into Cria's folder; else it's used where it is. */
  readonly copy?: boolean | undefined;
  /** @default criaHome() */
  readonly home?: string | undefined;
}

/** What was added. */
export interface AddedModel {
  readonly modelId: string;
  /** The file, or the first part of a split one, that is used from now on. */
  readonly path: string;
  readonly quantization: string | undefined;
  /** Of all parts. */
  readonly bytes: number;
  /** What a person should know of it. */
  readonly warnings: readonly string[];
}

/**
 * Says that a GGUF is a Bedrock model, which it serves from then on.
 *
 * @param file - the file, or the first part of a split one
 * @param modelId - in any form that Bedrock takes
 * @throws {UnknownModelError} there is no such model on Bedrock
 * @throws {ModelFileError} it's no GGUF, cut off, damaged, or can't be read
 * @throws {ModelMismatchError} it holds no model of that family
 * @throws {DiskFullError} {@link HomeNotWritableError} it can't be copied, or not be registered
 */
export async function addModel(file: string, modelId: string, options: AddOptions = {}): Promise<AddedModel> {
  const { home = criaHome(), copy = false } = options;
  const weights = weightsOf(modelId);
  const path = resolve(file);
  await checkModelFile(path);
  const model = await describe(path);
  const mismatch = familyMismatch(model, weights.family);
  if (mismatch !== undefined) throw new ModelMismatchError(path, weights.modelId, mismatch);
  const { parts, bytes } = await modelParts(path);
  checkParts(path, model, parts.length);

  const used = copy
    ? await copyParts(parts, bytes, join(modelsFolder(home), modelFolderName(weights.modelId)))
    : path;
  const { quantization } = model;
  await registerModel(home, {
    modelId: weights.modelId,
    path: used,
    source: "imported",
    owned: copy,
    bytes,
    ...(quantization !== undefined && { quantization }),
  });
  return { modelId: weights.modelId, path: used, quantization, bytes, warnings: warnings(model, weights) };
}

async function describe(path: string): Promise<GgufModel> {
  try {
    return await describeGguf(path);
  } catch (error) {
    if (!(error instanceof GgufFormatError)) throw error;
    const [problem, what] = error.truncated
      ? (["truncated", "is cut off"] as const)
      : (["damaged", "is damaged"] as const);
    throw new ModelFileError(path, problem, `${path} ${what}: ${error.reason}. Fetch it again.`, {
      cause: error,
    });
  }
}

/** A split model is named by its first part, and needs all of them. */
function checkParts(path: string, { part }: GgufModel, here: number): void {
  if (part === undefined) return;
  if (part.index > 0) {
    const which = `part ${part.index + 1} of ${part.count}`;
    throw new ModelFileError(
      path,
      "part",
      `${path} is ${which}. Name the first one; all are to be in one folder.`,
    );
  }
  if (here < part.count) {
    throw new ModelFileError(
      path,
      "part",
      `${path} is the first of ${part.count} parts, and part ${here + 1} isn't beside it. Fetch it too.`,
    );
  }
}

/** @returns where the first of them is now */
async function copyParts(parts: readonly string[], bytes: number, folder: string): Promise<string> {
  const target = join(folder, "imported");
  await makeRoom(target, bytes);
  for (const part of parts) {
    const path = join(target, basename(part));
    const draft = `${path}.part`;
    try {
      await copyFile(part, draft, constants.COPYFILE_FICLONE);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw await explainDiskError(error, target, bytes);
    }
  }
  return join(target, basename(parts[0] ?? ""));
}
