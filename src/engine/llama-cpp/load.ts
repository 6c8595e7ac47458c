import { basename } from "node:path";
import { pathToFileURL } from "node:url";

import type { EngineModel } from "../engine.js";
import type { LlamaContext, LlamaModel, NodeLlamaCpp } from "./bindings.js";
import { PREFILL_CHUNK_TOKENS } from "./job.js";
import type { LoadOptions } from "./protocol.js";

/** A loaded model with its context. */
export interface Loaded {
  readonly model: LlamaModel;
  readonly context: LlamaContext;
  readonly about: EngineModel;
}

/** Loads the binding, the model and a context with the sequences asked for. */
export async function load(
  options: LoadOptions,
  log: (level: string, message: string) => void,
  onProgress: (share: number) => void,
): Promise<Loaded> {
  const { getLlama, LlamaLogLevel } = (await import(
    pathToFileURL(options.runtimeEntry).href
  )) as NodeLlamaCpp;
  const llama = await getLlama({
    gpu: options.gpu,
    build: "never",
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.warn,
    logger: log,
    maxThreads: options.threads,
  });
  const model = await llama.loadModel({ modelPath: options.modelFile, onLoadProgress: onProgress });
  onProgress(1);
  const contextSize = Math.min(options.contextSize, model.trainContextSize);
  const context = await model.createContext({
    sequences: options.sequences,
    contextSize,
    batchSize: PREFILL_CHUNK_TOKENS + options.sequences,
    threads: options.threads,
  });
  const about: EngineModel = {
    name: basename(options.modelFile).replace(/\.gguf$/iu, ""),
    // the context is padded; what was asked for is what is promised
    contextSize,
    sequences: options.sequences,
    chatTemplate: model.fileInfo.metadata.tokenizer?.chat_template,
    bosToken: model.tokens.bosString ?? "",
    eosToken: model.tokens.eosString ?? "",
  };
  return { model, context, about };
}
