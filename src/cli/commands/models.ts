import type { Command } from "commander";

import type { OnExitCode } from "../exit-code.js";

/** What `cria models` takes. */
export interface ModelsOptions {
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  cria models
  cria models --json | jq -r '.[].path'`;

/** Defines `cria models`. */
export function defineModels(program: Command, onExitCode: OnExitCode): void {
  program
    .command("models")
    .description("List the models on this machine: what is here, its size, and where.")
    .option("--json", "print one JSON array")
    .addHelpText("after", EXAMPLES)
    .action(async (options: ModelsOptions) => {
      const { models } = await import("../actions/models.js");
      onExitCode(await models(options));
    });
}
