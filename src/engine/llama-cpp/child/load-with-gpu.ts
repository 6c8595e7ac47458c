import { pathToFileURL } from "node:url";

import type { Gpu } from "../gpu.js";
import type { ContextOptions, NodeLlamaCpp } from "./bindings.js";
import type { LlamaCppParts, LoadListeners } from "./load.js";

/** Loads as much of a model into a GPU's memory as fits, and the rest into the machine's. */
export async function loadWithGpu(
  gpu: Gpu,
  runtimeEntry: string,
  modelFile: string,
  contextOptions: (trainContextSize: number) => ContextOptions,
  { onLog, onProgress }: LoadListeners,
): Promise<LlamaCppParts> {
  const { getLlama, LlamaLogLevel } = (await import(pathToFileURL(runtimeEntry).href)) as NodeLlamaCpp;
  const llama = await getLlama({
    gpu,
    build: "never",
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.warn,
    logger: onLog,
    maxThreads: contextOptions(Infinity).threads,
  });
  const loaded = await llama.loadModel({ modelPath: modelFile, onLoadProgress: onProgress });
  const model = loaded._model;
  const context = await loaded.createContext(contextOptions(model.getTrainContextSize()));
  return { addon: llama._bindings, model, context: context._ctx, keep: [llama, loaded, context] };
}
