import { addModel } from "../../models/index.js";
import type { AddModelOptions } from "../commands/models.js";
import { ExitCode } from "../exit-code.js";
import { print, tell } from "../output.js";

/** `cria models add`: says which model a file is, and prints where it's used. */
export async function addOwnModel(file: string, { as, copy, json }: AddModelOptions): Promise<number> {
  const added = await addModel(file, as, { copy });
  await print(json ? `${JSON.stringify(added, undefined, 2)}\n` : `${added.path}\n`);
  for (const warning of added.warnings) tell(`${added.path}: ${warning}.`);
  tell(`${added.modelId} is served by this file from now on.`);
  return ExitCode.ok;
}
