import { lstat, realpath, rm } from "node:fs/promises";

import { errorCode, isInside } from "../../platform/index.js";
import { criaHome, explainDiskError, FileInUseError, isInUse } from "../../store/index.js";
import { weightsOf } from "../catalogue/index.js";
import { ModelNotHereError } from "../errors.js";
import { modelFolder, unfinishedDownloads } from "../model-paths.js";
import { changeRegistry, readRegistry, type RegisteredModel } from "./registry.js";

/** A model that is no longer used, and what became of its file. */
export interface RemovedEntry extends RegisteredModel {
  /** `unlinked`: the entry's path was a link, which was deleted. */
  readonly outcome: "deleted" | "kept" | "unlinked" | "missing";
  /** The file that a link led to; without a link, the path itself. */
  readonly target: string;
}

/** What was removed. */
export interface RemovedModel {
  /** The files that are no longer used for the model, and what became of each. */
  readonly models: readonly RemovedEntry[];
  /** Whether an unfinished download was deleted. */
  readonly unfinished: boolean;
}

/**
 * Removes a model's weights: files that were pulled or copied are deleted, files that were added in place stay but are no
 * longer used. Files in other programs' stores are not touched, and nothing outside of the model's own folder is deleted.
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
  const others = models.some(({ owned, path }) => !owned && isInside(folder, path));
  const targets = await Promise.all(
    models.map(async ({ path }) => ({
      was: await exists(path),
      target: await realpath(path).catch(() => path),
    })),
  );
  // the registry last: if the files can't be deleted, as on Windows while a server has them mapped, the command can be repeated
  if (!others) await deleteFolder(folder);
  await changeRegistry(home, (all) => all.filter((model) => model.modelId !== id));
  const removed = await Promise.all(
    models.map(async (model, index) => {
      const { was, target } = targets[index] ?? { was: false, target: model.path };
      const outcome = !was
        ? "missing"
        : (await exists(model.path))
          ? "kept"
          : (await exists(target))
            ? "unlinked"
            : "deleted";
      return { ...model, outcome, target } as const;
    }),
  );
  return { models: removed, unfinished: unfinished && !others };
}

/** Whether a file is there, or a link, wherever it leads. */
async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

async function deleteFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if (isInUse(error)) throw new FileInUseError(folder, errorCode(error), { cause: error });
    throw await explainDiskError(error, folder, 0);
  }
}
