import { findWeights, modelsFolder, ModelNotHereError, weightsOf } from "../../models/index.js";
import { criaHome } from "../../store/index.js";
import { ExitCode } from "../exit-code.js";
import { print } from "../output.js";

/**
 * `cria models where`: prints the path of a model's weights, or the folder of the models.
 *
 * @throws {ModelNotHereError} they aren't on this machine
 */
export async function whereModel(id: string | undefined): Promise<number> {
  await print(`${id === undefined ? modelsFolder(criaHome()) : await pathOf(id)}\n`);
  return ExitCode.ok;
}

async function pathOf(id: string): Promise<string> {
  const found = await findWeights(id);
  if (found !== undefined) return found.path;
  const { modelId } = weightsOf(id);
  throw new ModelNotHereError(
    modelId,
    `The weights of ${modelId} aren't on this machine. \`cria models pull ${modelId}\` fetches them.`,
  );
}
