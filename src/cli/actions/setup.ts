import { ensureLlamaCppRuntime } from "../../engine/index.js";
import { defaultModel, ensureModelFile } from "../../models/index.js";
import { ExitCode } from "../exit-code.js";
import { watchInterrupts } from "../interrupts.js";
import { print, tell } from "../output.js";
import { showProgress } from "../progress-display.js";

/** `cria setup`: fetches engine and default model, and prints where they are. */
export async function setup(): Promise<number> {
  const { signal } = watchInterrupts();
  const options = { signal, onProgress: showProgress(tell) };
  const [runtime, model] = await Promise.all([
    ensureLlamaCppRuntime(options),
    ensureModelFile(defaultModel, options),
  ]);
  await print(`engine  ${runtime.directory}\nmodel   ${model}\n`);
  return ExitCode.ok;
}
