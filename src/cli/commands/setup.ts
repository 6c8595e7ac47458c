import type { Command } from "commander";

import { print, tell } from "../output.js";
import { watchInterrupts } from "../signals.js";

const EXAMPLES = `
Examples:
  cria setup                         fetch what a first answer needs, about 185 MB
  CRIA_HOME=/opt/cria cria setup     put it there, as for an image that runs offline`;

/** Defines `cria setup`. */
export function defineSetup(program: Command): void {
  program
    .command("setup")
    .description("Fetch the engine and the default model ahead of time, for CI and offline use.")
    .addHelpText("after", EXAMPLES)
    .action(setup);
}

/** `cria setup`: fetches engine and default model, and prints where they are. */
async function setup(): Promise<void> {
  const { signal } = watchInterrupts();
  const [{ ensureLlamaCppRuntime }, { defaultModel, ensureModelFile }, { showProgress }] = await Promise.all([
    import("../../engine/index.js"),
    import("../../models/index.js"),
    import("../progress.js"),
  ]);
  const options = { signal, onProgress: showProgress(tell) };
  const [runtime, model] = await Promise.all([
    ensureLlamaCppRuntime(options),
    ensureModelFile(defaultModel, options),
  ]);
  await print(`engine  ${runtime.directory}\nmodel   ${model}\n`);
}
