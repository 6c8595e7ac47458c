import { resolve } from "node:path";

import { type Command, Option } from "commander";

import type { GpuSetting } from "../../engine/index.js";
import type { PreparedStandIn, StandInOptions } from "../../models/index.js";
import { UsageError } from "../errors.js";
import { notify, print } from "../output.js";
import { watchInterrupts } from "../signals.js";

/** Options of `cria setup`. */
export interface SetupOptions {
  readonly model?: string;
  readonly gpu?: GpuSetting;
}

const EXAMPLES = `
Examples:
  cria setup                         download what the first answer needs: engine (11 MB) and model (808 MB)
  cria setup --model small           the small model (98 MB) answers; its answers are often wrong
  cria setup --model default         the best model for this machine answers, after all
  cria setup --model meta.llama3-2-3b-instruct-v1:0    this one answers in place of all others
  CRIA_HOME=/opt/cria cria setup     to another folder, as for a container image
  cria setup --gpu vulkan            compute on the graphics card; --gpu none on the processor
  $env:CRIA_HOME = 'D:\\cria'; cria setup    the same in PowerShell

Ctrl-C keeps what has been downloaded; the same command resumes. HF_ENDPOINT selects a mirror of
Hugging Face, HTTPS_PROXY a proxy. Without --model, the small model is taken where CI is set, where
memory or disk is short, and where no better one can be downloaded.`;

/** Defines `cria setup`. */
export function defineSetup(program: Command): void {
  program
    .command("setup")
    .description(
      "Download the engine and a model ahead of time, or choose the model that stands in for Llama.",
    )
    .option(
      "--model <which>",
      "model that answers in place of those whose weights aren't here, from now on: small, default (the best for this machine), a Bedrock model id, or a GGUF file",
    )
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
async function setup({ model: wanted, gpu }: SetupOptions): Promise<void> {
  const { signal } = watchInterrupts();
  // a wrong name must not cost a download
  const prepare = await preparation(wanted);
  const [{ setUpEngine }, { standInName }, { bothOrNone }, { showProgress }] = await Promise.all([
    import("../../engine/index.js"),
    import("../../models/index.js"),
    import("../../platform/index.js"),
    import("../progress.js"),
  ]);
  const options = { onProgress: showProgress(notify), onNotice: notify };
  const [runtime, { path, choice }] = await bothOrNone(
    signal,
    (signal) => setUpEngine(gpu, { ...options, signal }),
    (signal) => prepare({ ...options, signal }),
  );
  await print(`engine  ${runtime.directory}\nmodel   ${path}\n`);
  notify(
    `${standInName(choice.standIn)} answers in place of the models whose weights aren't on this machine.`,
  );
}

/**
 * What gets the model that stands in from now on: the one that the user wants, or else the one that is chosen for this machine.
 *
 * @throws {UsageError} there is no such model.
 */
async function preparation(
  wanted: string | undefined,
): Promise<(options: StandInOptions) => Promise<PreparedStandIn>> {
  const { prepareStandIn, setStandIn, smallStandIn, standInNamed } = await import("../../models/index.js");
  if (wanted === undefined) return prepareStandIn;
  if (wanted === "default") return (options) => setStandIn("default", options);
  const named =
    wanted === "small" ? smallStandIn : standInNamed(looksLikeFile(wanted) ? resolve(wanted) : wanted);
  if (named !== undefined) return (options) => setStandIn(named, options);
  throw new UsageError(
    `There is no model ${wanted}. After --model comes small, default, the path of a .gguf file, or one of these ids:\n${await ids()}`,
  );
}

function looksLikeFile(text: string): boolean {
  // an ARN has slashes too
  return /\.gguf$/iu.test(text) || (/[/\\]/u.test(text) && !text.startsWith("arn:"));
}

/** The ids of the models whose weights can be had, one a line. */
async function ids(): Promise<string> {
  const { catalogue } = await import("../../models/index.js");
  return catalogue
    .filter(({ quantizations }) => quantizations.length > 0)
    .map(({ modelId }) => `  ${modelId}`)
    .join("\n");
}
