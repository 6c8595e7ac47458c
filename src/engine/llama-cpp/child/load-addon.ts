import { createRequire } from "node:module";
import { dirname } from "node:path";

import type { Addon, ContextOptions } from "./bindings.js";
import type { LlamaCppParts, LoadListeners } from "./load.js";

/** llama.cpp makes a sequence's KV cache a multiple of this (`GGML_PAD(n_ctx_seq, 256)`). */
const CACHE_STEP = 256;

/** llama.cpp's levels, as the addon numbers them. */
const LOG_LEVELS = ["disabled", "fatal", "error", "warn", "info", "log", "debug"];

/**
 * Loads a model into this machine's memory with the addon alone. node-llama-cpp's own way takes 0.8 s longer, in which it imports
 * itself, tries the addon in a process beforehand (this one is such a process), and looks for GPUs.
 */
export async function loadAddon(
  addonFile: string,
  modelFile: string,
  contextOptions: (trainContextSize: number) => ContextOptions,
  { onLog, onProgress }: LoadListeners,
): Promise<LlamaCppParts> {
  const addon = createRequire(import.meta.url)(addonFile) as Addon;
  addon.markLoaded();
  addon.setLogger((level, message) => onLog(LOG_LEVELS[level] ?? "log", message));
  addon.setLoggerLogLevel(LOG_LEVELS.indexOf("warn"));
  // without a folder it would look in the current one too
  addon.loadBackends(dirname(addonFile));
  await addon.init();
  const model = new addon.AddonModel(modelFile, {
    addonExports: addon,
    gpuLayers: 0,
    useMmap: true,
    checkTensors: false,
    onLoadProgress: onProgress,
  });
  if (!(await model.init())) throw new Error("llama.cpp refuses it.");
  const options = contextOptions(model.getTrainContextSize());
  // the addon wants the size of all sequences together
  const contextSize = padded(options.contextSize) * options.sequences;
  const context = new addon.AddonContext(model, { ...options, contextSize });
  if (!(await context.init())) throw new Error("llama.cpp can't make a context for it.");
  return { addon, model, context };
}

function padded(tokens: number): number {
  return Math.ceil(tokens / CACHE_STEP) * CACHE_STEP;
}
