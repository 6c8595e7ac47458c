import { type Command, InvalidArgumentError } from "commander";

import type { ServeOptions } from "../../server/index.js";

/** Options for which model an id in a request means. */
export interface IdOptions {
  readonly strictIds?: boolean;
  /** A model's id for each ARN. */
  readonly modelMap?: Readonly<Record<string, string>>;
}

/** Adds {@link IdOptions} to a command. */
export function addIdOptions(command: Command): Command {
  return command
    .option(
      "--strict-ids",
      "refuse the ids of models that Bedrock offers only through inference profiles, as it does; ids such as us.meta.llama3-3-70b-instruct-v1:0 pass",
    )
    .option(
      "--model-map <arn=id>",
      "the model behind an ARN that names none: of an application inference profile, a provisioned, imported or custom model, or a prompt router; may be given several times",
      addPair,
    );
}

function addPair(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [arn = "", id = "", ...rest] = text.split("=");
  if (arn === "" || id === "" || rest.length > 0) {
    throw new InvalidArgumentError(
      "It must be ARN=ID, such as arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6=meta.llama3-3-70b-instruct-v1:0.",
    );
  }
  if (Object.hasOwn(before, arn)) throw new InvalidArgumentError("This ARN is mapped already: map it once.");
  return { ...before, [arn]: id };
}

/** The options as `serve()` takes them. */
export function idSettings({ strictIds, modelMap }: IdOptions): Pick<ServeOptions, "strictIds" | "modelMap"> {
  return { strictIds, modelMap };
}
