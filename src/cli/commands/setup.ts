import type { Command } from "commander";

import type { OnExitCode } from "../exit-code.js";

const EXAMPLES = `
Examples:
  cria setup                         fetch what a first answer needs, about 185 MB
  CRIA_HOME=/opt/cria cria setup     put it there, as for an image that runs offline`;

/** Defines `cria setup`. */
export function defineSetup(program: Command, onExitCode: OnExitCode): void {
  program
    .command("setup")
    .description("Fetch the engine and the default model ahead of time, for CI and offline use.")
    .addHelpText("after", EXAMPLES)
    .action(async () => {
      const { setup } = await import("../actions/setup.js");
      onExitCode(await setup());
    });
}
