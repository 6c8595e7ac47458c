import { basename } from "node:path";
import { pathToFileURL } from "node:url";

import type { Gpu, LoadedModel, LoadOptions } from "../protocol.js";
import { loadBackends, LOG_LEVELS, preferSoftwareDevice } from "./backends.js";
import type { Addon, AddonContext, AddonModel, ContextOptions, NodeLlamaCpp } from "./bindings.js";
import { PREFILL_CHUNK_TOKENS } from "./job.js";
import { explainModel, LoadError, LogTail } from "./load-error.js";
import { Vocabulary } from "./vocabulary.js";

export interface LoadListeners {
  readonly onLog: (level: string, message: string) => void;
  /** Called once llama.cpp itself is loaded. */
  readonly onEngine?: () => void;
  /** Called with the fraction of the model that is loaded, 0 … 1. */
  readonly onProgress: (share: number) => void;
}

/** llama.cpp with a model and a context. */
export interface LlamaCppParts {
  readonly addon: Pick<Addon, "AddonSampler">;
  readonly model: AddonModel;
  readonly context: AddonContext;
  /** Objects that would free the others if they were garbage-collected. */
  readonly keep?: readonly unknown[];
}

/** llama.cpp with a model and a context, and what is known about the model. */
export interface Loaded extends LlamaCppParts {
  readonly vocabulary: Vocabulary;
  readonly about: LoadedModel;
}

/**
 * Loads llama.cpp and the model, and creates a context.
 *
 * @throws {LoadError} one of them can't be loaded
 */
export async function load(options: LoadOptions, listeners: LoadListeners): Promise<Loaded> {
  const { modelFile, gpu, sequences, threads } = options;
  const contextOptions = (trainContextSize: number) => ({
    sequences,
    contextSize: Math.min(options.contextSize, trainContextSize),
    // one more than a tick needs, as node-llama-cpp does for models with sliding-window attention
    batchSize: PREFILL_CHUNK_TOKENS + sequences + 1,
    flashAttention: "auto",
    threads,
  });
  const parts = gpu
    ? await loadWithGpu(gpu, options, contextOptions, listeners)
    : await loadAddon(options, contextOptions, listeners);
  const vocabulary = new Vocabulary(parts.model);
  const about = {
    name: basename(modelFile).replace(/\.gguf$/iu, ""),
    // the context is padded, but callers get the size that they asked for
    contextSize: contextOptions(parts.model.getTrainContextSize()).contextSize,
    sequences,
    bosToken: vocabulary.written(vocabulary.bos),
    eosToken: vocabulary.written(vocabulary.eos),
  };
  listeners.onProgress(1);
  return { ...parts, vocabulary, about };
}

/** llama.cpp rounds a sequence's KV cache up to a multiple of this (`GGML_PAD(n_ctx_seq, 256)`). */
const CACHE_STEP = 256;

/**
 * Loads a model into this machine's memory with the addon alone. node-llama-cpp's own way takes 0.8 s longer: it imports itself, tests
 * the addon in a separate process first (needless here: this is a separate process), and looks for GPUs.
 */
async function loadAddon(
  { addonFile, modelFile }: LoadOptions,
  contextOptions: (trainContextSize: number) => ContextOptions,
  { onLog, onEngine, onProgress }: LoadListeners,
): Promise<LlamaCppParts> {
  const log = new LogTail(onLog);
  const addon = await loadBackends({ addonFile, gpu: false }, log.add);
  onEngine?.();
  const model = new addon.AddonModel(modelFile, {
    addonExports: addon,
    gpuLayers: 0,
    useMmap: true,
    checkTensors: false,
    onLoadProgress: onProgress,
  });
  if (!(await model.init())) throw await explainModel(log, "llama.cpp rejects it");
  const options = contextOptions(model.getTrainContextSize());
  // the addon takes the size of all sequences together
  const contextSize = padded(options.contextSize) * options.sequences;
  const context = new addon.AddonContext(model, { ...options, contextSize });
  if (!(await context.init())) throw await explainModel(log, "llama.cpp can't create a context for it");
  log.close();
  addon.setLoggerLogLevel(LOG_LEVELS.indexOf("warn"));
  return { addon, model, context };
}

function padded(tokens: number): number {
  return Math.ceil(tokens / CACHE_STEP) * CACHE_STEP;
}

/** Loads as much of a model into the GPU's memory as fits, and the rest into the machine's. */
async function loadWithGpu(
  gpu: Gpu,
  { runtimeEntry, modelFile, addonFile, software = false }: LoadOptions,
  contextOptions: (trainContextSize: number) => ContextOptions,
  { onLog, onEngine, onProgress }: LoadListeners,
): Promise<LlamaCppParts> {
  const log = new LogTail(onLog);
  const { getLlama, LlamaLogLevel } = (await import(pathToFileURL(runtimeEntry).href)) as NodeLlamaCpp;
  if (software) preferSoftwareDevice();
  const llama = await getLlama({
    gpu,
    build: "never",
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.warn,
    logger: log.add,
    maxThreads: contextOptions(Infinity).threads,
  }).catch(async (error: unknown) => {
    // it doesn't say why; loading the build step by step does
    await loadBackends({ addonFile, gpu, software }, log.add);
    throw new LoadError("engine", messageOf(error), { cause: error });
  });
  onEngine?.();
  try {
    const loaded = await llama.loadModel({ modelPath: modelFile, onLoadProgress: onProgress });
    const model = loaded._model;
    const context = await loaded.createContext(contextOptions(model.getTrainContextSize()));
    return { addon: llama._bindings, model, context: context._ctx, keep: [llama, loaded, context] };
  } catch (error) {
    throw await explainModel(log, messageOf(error));
  } finally {
    log.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
