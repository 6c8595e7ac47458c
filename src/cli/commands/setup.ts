import type { Command } from "commander";

import { notify, print } from "../output.js";
import { watchInterrupts } from "../signals.js";

const EXAMPLES = `
Examples:
  cria setup                         download what the first answer needs, about 185 MB
  CRIA_HOME=/opt/cria cria setup     to another folder, as for a container image
  $env:CRIA_HOME = 'D:\\cria'; cria setup    the same in PowerShell`;

/** Defines `cria setup`. */
export function defineSetup(program: Command): void {
  program
    .command("setup")
    .description("Download the engine and the default model ahead of time, for CI and offline use.")
    .addHelpText("after", EXAMPLES)
    .action(setup);
}

/** `cria setup`: prints the paths of engine and model. */
async function setup(): Promise<void> {
  const { signal } = watchInterrupts();
  const [{ ensureLlamaCppRuntime }, { defaultModel, ensureModelFile }, { showProgress }] = await Promise.all([
    import("../../engine/index.js"),
    import("../../models/index.js"),
    import("../progress.js"),
  ]);
  const options = { signal, onProgress: showProgress(notify) };
  const [runtime, model] = await Promise.all([
    ensureLlamaCppRuntime(options),
    ensureModelFile(defaultModel, options),
  ]);
  await print(`engine  ${runtime.directory}\nmodel   ${model}\n`);
}
