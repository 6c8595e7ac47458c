import { removeModel } from "../../models/index.js";
import { ExitCode } from "../exit-code.js";
import { tell } from "../output.js";

/** `cria models rm`: a model's weights are served no longer. */
export async function removeNamedModel(id: string): Promise<number> {
  const { models, unfinished } = await removeModel(id);
  for (const { modelId, path, owned } of models) {
    tell(owned ? `deleted ${path}.` : `${path} is no longer ${modelId}; the file stays.`);
  }
  if (unfinished) tell("deleted what came of an unfinished download.");
  return ExitCode.ok;
}
