import { rm } from "node:fs/promises";
import { sep } from "node:path";

import { errorCode } from "../../platform/index.js";
import { criaHome, explainDiskError, FileInUseError, isInUse } from "../../store/index.js";
import { weightsOf } from "../catalogue/index.js";
import { ModelNotHereError } from "../errors.js";
import { modelFolder, unfinishedDownloads } from "../model-paths.js";
import { changeRegistry, readRegistry, type RegisteredModel } from "./registry.js";

/** What was removed. */
export interface RemovedModel {
  /** The files that are no longer used for the model. Those owned by Cria are deleted. */
  readonly models: readonly RegisteredModel[];
  /** Whether an unfinished download was deleted. */
  readonly unfinished: boolean;
}

/**
 * Removes a model's weights: files that were pulled or copied are deleted, files that were added in place stay but are no
 * longer used. Files in other programs' stores are not touched.
 *
 * @param modelId - in any form that Bedrock takes
 * @param home - @default criaHome()
 * @throws {UnknownModelError} Bedrock has no such model
 * @throws {ModelNotHereError} the model was neither pulled nor added
 * @throws {FileInUseError} {@link HomeNotWritableError} the files can't be deleted, or the registry not written; the model then
 * stays registered
 */
export async function removeModel(modelId: string, home: string = criaHome()): Promise<RemovedModel> {
  const { modelId: id } = weightsOf(modelId);
  const models = (await readRegistry(home)).filter((model) => model.modelId === id);
  const folder = modelFolder(id, home);
  const unfinished = (await unfinishedDownloads(id, home)).length > 0;
  if (models.length === 0 && !unfinished) {
    throw new ModelNotHereError(
      id,
      `${id} was neither pulled nor added. \`cria models\` lists what is here; remove another program's files with that program.`,
    );
  }
  // a user may have put a file into this folder and added it from there: it stays
  const others = models.some(({ owned, path }) => !owned && path.startsWith(folder + sep));
  // the registry last: if the files can't be deleted, as on Windows while a server has them mapped, the command can be repeated
  if (!others) await deleteFolder(folder);
  await changeRegistry(home, (all) => all.filter((model) => model.modelId !== id));
  return { models, unfinished };
}

async function deleteFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if (isInUse(error)) throw new FileInUseError(folder, errorCode(error), { cause: error });
    throw await explainDiskError(error, folder, 0);
  }
}
