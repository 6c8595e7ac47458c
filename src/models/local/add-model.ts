import { constants } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

import { clearFile, criaHome, explainDiskError, makeRoom, moveOver } from "../../store/index.js";
import { weightsOf } from "../catalogue/index.js";
import { GgufFormatError, ModelFileError, ModelMismatchError } from "../errors.js";
import { checkModelFile, describeGguf, type GgufModel } from "../gguf/index.js";
import { modelFolder } from "../model-paths.js";
import { modelParts } from "../split-model.js";
import { familyMismatch, warnings } from "./identify.js";
import { registerModel } from "./registry.js";

export interface AddOptions {
  /** Whether to copy the file into Cria's folder. @default false: the file is used in place */
  readonly copy?: boolean | undefined;
  /** @default criaHome() */
  readonly home?: string | undefined;
}

/** The result of {@link addModel}. */
export interface AddedModel {
  readonly modelId: string;
  /** The file that is used from now on, or the first part of a split model. */
  readonly path: string;
  readonly quantization: string | undefined;
  /** The size of all parts. */
  readonly bytes: number;
  /** Sentences to show to the user, without a period. */
  readonly warnings: readonly string[];
}

/**
 * Adds a GGUF as the weights of a Bedrock model, which it serves from then on.
 *
 * @param file - the file, or the first part of a split model
 * @param modelId - in any form that Bedrock takes
 * @throws {UnknownModelError} Bedrock has no such model
 * @throws {ModelFileError} the file is unreadable, damaged, truncated, or not a GGUF
 * @throws {ModelMismatchError} the file holds a model of another family
 * @throws {DiskFullError} {@link HomeNotWritableError} the file cannot be copied, or the registry not written
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

  const used = copy ? await copyParts(parts, bytes, modelFolder(weights.modelId, home)) : path;
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
      ? (["truncated", "is truncated"] as const)
      : (["damaged", "is damaged"] as const);
    throw new ModelFileError(path, problem, `${path} ${what}: ${error.reason}. Download it again.`, {
      cause: error,
    });
  }
}

/** Checks that the file is the first part of a split model, with all other parts beside it. */
function checkParts(path: string, { part }: GgufModel, here: number): void {
  if (part === undefined) return;
  if (part.index > 0) {
    const which = `part ${part.index + 1} of ${part.count}`;
    throw new ModelFileError(
      path,
      "part",
      `${path} is ${which}. Name the first part, and keep all parts in one folder.`,
    );
  }
  if (here < part.count) {
    throw new ModelFileError(
      path,
      "part",
      `${path} is the first of ${part.count} parts, and part ${here + 1} is not in its folder. Download it too.`,
    );
  }
}

/** @returns the path of the first part's copy */
async function copyParts(parts: readonly string[], bytes: number, folder: string): Promise<string> {
  const target = join(folder, "imported");
  await makeRoom(target, bytes);
  for (const part of parts) {
    const path = join(target, basename(part));
    const draft = `${path}.part`;
    try {
      await clearFile(draft);
      await copyFile(part, draft, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
      await moveOver(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw await explainDiskError(error, target, bytes);
    }
  }
  return join(target, basename(parts[0] ?? ""));
}
