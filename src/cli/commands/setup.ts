import { type Command, Option } from "commander";

import type { GpuSetting } from "../../engine/index.js";
import { notify, print } from "../output.js";
import { watchInterrupts } from "../signals.js";

const EXAMPLES = `
Examples:
  cria setup                         download what the first answer needs, about 185 MB
  CRIA_HOME=/opt/cria cria setup     to another folder, as for a container image
  cria setup --gpu vulkan            compute on the graphics card; --gpu none on the processor
  $env:CRIA_HOME = 'D:\\cria'; cria setup    the same in PowerShell`;

/** Defines `cria setup`. */
export function defineSetup(program: Command): void {
  program
    .command("setup")
    .description("Download the engine and the default model ahead of time, for CI and offline use.")
    .addOption(
      new Option(
        "--gpu <where>",
        "where the engine computes: auto (a GPU, if one is found), vulkan, cuda, or none (the processor); kept for this CRIA_HOME (default: auto)",
      ).choices(["auto", "vulkan", "cuda", "none"]),
    )
    .addHelpText("after", EXAMPLES)
    .action(setup);
}

/** `cria setup`: prints the paths of engine and model. */
async function setup({ gpu }: { readonly gpu?: GpuSetting }): Promise<void> {
  const { signal } = watchInterrupts();
  const [{ setUpEngine }, { defaultModel, ensureModelFile }, { showProgress }] = await Promise.all([
    import("../../engine/index.js"),
    import("../../models/index.js"),
    import("../progress.js"),
  ]);
  const options = { signal, onProgress: showProgress(notify) };
  const [runtime, model] = await Promise.all([
    setUpEngine(gpu, { ...options, onNotice: notify }),
    ensureModelFile(defaultModel, options),
  ]);
  await print(`engine  ${runtime.directory}\nmodel   ${model}\n`);
}
