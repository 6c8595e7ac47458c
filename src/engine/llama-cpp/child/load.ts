import { basename } from "node:path";
import { pathToFileURL } from "node:url";

import type { Gpu, LoadedModel, LoadOptions } from "../protocol.js";
import { loadBackends, LOG_LEVELS, preferSoftwareDevice } from "./backends.js";
import {
  type Addon,
  type AddonContext,
  type AddonModel,
  type ContextOptions,
  GGML_TYPE,
  type NodeLlamaCpp,
} from "./bindings.js";
import { DividedContext } from "./divided-context.js";
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
  /** Tokens that each sequence holds, in the order of their numbers. */
  readonly capacities: readonly number[];
}

/**
 * Loads llama.cpp and the model, and creates a context.
 *
 * @throws {LoadError} one of them can't be loaded
 */
export async function load(options: LoadOptions, listeners: LoadListeners): Promise<Loaded> {
  const { modelFile, gpu, sequences, halfSequences, kvCacheType, threads } = options;
  /** Of one context, or of two: whole sequences and half ones. */
  const contextOptions = (trainContextSize: number) => {
    const contextSize = Math.min(options.contextSize, trainContextSize);
    const common = {
      // one more than a tick needs, as node-llama-cpp does for models with sliding-window attention
      batchSize: PREFILL_CHUNK_TOKENS + sequences + 1,
      flashAttention: "auto",
      threads,
      kvCacheKeyType: GGML_TYPE[kvCacheType],
      kvCacheValueType: GGML_TYPE[kvCacheType],
    };
    return [
      { ...common, sequences: sequences - halfSequences, contextSize },
      { ...common, sequences: halfSequences, contextSize: Math.ceil(contextSize / 2) },
    ].filter((each) => each.sequences > 0);
  };
  const parts = gpu
    ? await loadWithGpu(gpu, options, contextOptions, listeners)
    : await loadAddon(options, contextOptions, listeners);
  const vocabulary = new Vocabulary(parts.model);
  const contexts = contextOptions(parts.model.getTrainContextSize());
  const about = {
    name: basename(modelFile).replace(/\.gguf$/iu, ""),
    // the context is padded, but callers get the size that they asked for
    contextSize: contexts[0]?.contextSize ?? 0,
    sequences,
    halfSequences,
    kvCacheType,
    bosToken: vocabulary.written(vocabulary.bos),
    eosToken: vocabulary.written(vocabulary.eos),
  };
  listeners.onProgress(1);
  const capacities = contexts.flatMap((each) => Array<number>(each.sequences).fill(each.contextSize));
  return { ...parts, vocabulary, about, capacities };
}

function joined(
  parts: readonly { readonly context: AddonContext; readonly sequences: number }[],
): AddonContext {
  const [only] = parts;
  return parts.length === 1 && only ? only.context : new DividedContext(parts);
}

/** llama.cpp rounds a sequence's KV cache up to a multiple of this (`GGML_PAD(n_ctx_seq, 256)`). */
const CACHE_STEP = 256;

/**
 * Loads a model into this machine's memory with the addon alone. node-llama-cpp's own way takes 0.8 s longer: it imports itself, tests
 * the addon in a separate process first (needless here: this is a separate process), and looks for GPUs.
 */
async function loadAddon(
  { addonFile, modelFile }: LoadOptions,
  contextOptions: (trainContextSize: number) => ContextOptions[],
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
  const context = joined(
    contextOptions(model.getTrainContextSize()).map((options) => {
      const { sequences } = options;
      // the addon takes the size of all sequences together
      const contextSize = padded(options.contextSize) * sequences;
      return { context: new addon.AddonContext(model, { ...options, contextSize }), sequences };
    }),
  );
  if (!(await context.init())) throw await explainModel(log, "llama.cpp can't create a context for it");
  log.close();
  addon.setLoggerLogLevel(LOG_LEVELS.indexOf("warn"));
  return { addon, model, context };
}

function padded(tokens: number): number {
  return Math.ceil(tokens / CACHE_STEP) * CACHE_STEP;
}

/** Imports node-llama-cpp. @throws {LoadError} a file of it, or a package that it needs, is missing or damaged */
async function importRuntime(entry: string): Promise<NodeLlamaCpp> {
  try {
    return (await import(pathToFileURL(entry).href)) as NodeLlamaCpp;
  } catch (error) {
    const reason = `the installation is incomplete, or damaged (${messageOf(error)})`;
    throw new LoadError("engine", reason, { cause: error });
  }
}

/** Loads as much of a model into the GPU's memory as fits, and the rest into the machine's. */
async function loadWithGpu(
  gpu: Gpu,
  { runtimeEntry, modelFile, addonFile, threads, software = false }: LoadOptions,
  contextOptions: (trainContextSize: number) => ContextOptions[],
  { onLog, onEngine, onProgress }: LoadListeners,
): Promise<LlamaCppParts> {
  const log = new LogTail(onLog);
  const { getLlama, LlamaLogLevel } = await importRuntime(runtimeEntry);
  if (software) preferSoftwareDevice();
  const llama = await getLlama({
    gpu,
    build: "never",
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.warn,
    logger: log.add,
    maxThreads: threads,
  }).catch(async (error: unknown) => {
    // it doesn't say why; loading the build step by step does
    await loadBackends({ addonFile, gpu, software }, log.add);
    throw new LoadError("engine", messageOf(error), { cause: error });
  });
  onEngine?.();
  try {
    const loaded = await llama.loadModel({ modelPath: modelFile, onLoadProgress: onProgress });
    const model = loaded._model;
    const contexts = [];
    for (const one of contextOptions(model.getTrainContextSize())) {
      const { kvCacheKeyType, kvCacheValueType, ...options } = one;
      const types = {
        experimentalKvCacheKeyType: kvCacheKeyType,
        experimentalKvCacheValueType: kvCacheValueType,
      };
      const context = await loaded.createContext({ ...options, ...types });
      contexts.push({ context: context._ctx, sequences: options.sequences, keep: context });
    }
    return { addon: llama._bindings, model, context: joined(contexts), keep: [llama, loaded, contexts] };
  } catch (error) {
    throw await explainModel(log, messageOf(error));
  } finally {
    log.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
