import { rm } from "node:fs/promises";
import { join, sep } from "node:path";

import { criaHome } from "../../store/index.js";
import { weightsOf } from "../catalogue/index.js";
import { ModelNotHereError } from "../errors.js";
import { modelFolderName, modelsFolder } from "../model-paths.js";
import { changeRegistry, readRegistry, type RegisteredModel } from "./registry.js";
import { walk } from "./stored-file.js";

/** What was removed. */
export interface RemovedModel {
  /** Those that are no longer used for the model. The files of those that were Cria's own are deleted. */
  readonly models: readonly RegisteredModel[];
  /** Whether an unfinished download was deleted. */
  readonly unfinished: boolean;
}

/**
 * Removes a model's weights from this machine: those that were pulled or copied are deleted, those that were added where they
 * are stay there and are used no longer. What is in another program's store is that program's.
 *
 * @param modelId - in any form that Bedrock takes
 * @param home - @default criaHome()
 * @throws {UnknownModelError} there is no such model on Bedrock
 * @throws {ModelNotHereError} nothing of it is here
 */
export async function removeModel(modelId: string, home: string = criaHome()): Promise<RemovedModel> {
  const { modelId: id } = weightsOf(modelId);
  const models = (await readRegistry(home)).filter((model) => model.modelId === id);
  const folder = join(modelsFolder(home), modelFolderName(id));
  const unfinished = (await walk(folder, 2, 1000)).some((names) => names.at(-1)?.endsWith(".part"));
  if (models.length === 0 && !unfinished) {
    throw new ModelNotHereError(
      id,
      `${id} was neither pulled nor added. \`cria models\` shows what is here; what another program keeps is removed there.`,
    );
  }
  // first those who look no longer find it, then it goes
  await changeRegistry(home, (all) => all.filter((model) => model.modelId !== id));
  // a file that somebody put there and added stays theirs
  const others = models.some(({ owned, path }) => !owned && path.startsWith(folder + sep));
  if (!others) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  return { models, unfinished };
}
