import { basename } from "node:path";

import type { LoadedModel, LoadOptions } from "../protocol.js";
import type { Addon, AddonContext, AddonModel } from "./bindings.js";
import { PREFILL_CHUNK_TOKENS } from "./job.js";
import { loadAddon } from "./load-addon.js";
import { loadWithGpu } from "./load-with-gpu.js";
import { Vocabulary } from "./vocabulary.js";

export interface LoadListeners {
  readonly onLog: (level: string, message: string) => void;
  /** Told how much of the model is loaded, 0 … 1. */
  readonly onProgress: (share: number) => void;
}

/** llama.cpp with a model and a context. */
export interface LlamaCppParts {
  readonly addon: Pick<Addon, "AddonSampler">;
  readonly model: AddonModel;
  readonly context: AddonContext;
  /** What frees the others once it's collected. */
  readonly keep?: readonly unknown[];
}

/** The same, with what is to be known of the model. */
export interface Loaded extends LlamaCppParts {
  readonly vocabulary: Vocabulary;
  readonly about: LoadedModel;
}

/** Loads llama.cpp, the model, and a context with the sequences asked for. */
export async function load(options: LoadOptions, listeners: LoadListeners): Promise<Loaded> {
  const { runtimeEntry, addonFile, modelFile, gpu, sequences, threads } = options;
  const contextOptions = (trainContextSize: number) => ({
    sequences,
    contextSize: Math.min(options.contextSize, trainContextSize),
    // one more than a tick has, as node-llama-cpp does for models that attend to a window
    batchSize: PREFILL_CHUNK_TOKENS + sequences + 1,
    flashAttention: "auto",
    threads,
  });
  const parts = gpu
    ? await loadWithGpu(gpu, runtimeEntry, modelFile, contextOptions, listeners)
    : await loadAddon(addonFile, modelFile, contextOptions, listeners);
  const vocabulary = new Vocabulary(parts.model);
  const about = {
    name: basename(modelFile).replace(/\.gguf$/iu, ""),
    // the context is padded; what was asked for is what is promised
    contextSize: contextOptions(parts.model.getTrainContextSize()).contextSize,
    sequences,
    bosToken: vocabulary.written(vocabulary.bos),
    eosToken: vocabulary.written(vocabulary.eos),
  };
  listeners.onProgress(1);
  return { ...parts, vocabulary, about };
}
