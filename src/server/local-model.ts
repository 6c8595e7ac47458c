import type { Logger } from "pino";

import {
  createLlamaCppEngine,
  ensureLlamaCppRuntime,
  type Engine,
  type LlamaCppEvent,
} from "../engine/index.js";
import { checkModelFile, defaultModel, ensureModelFile } from "../models/index.js";
import type { OnProgress } from "../store/index.js";

export interface LocalModelOptions {
  /** A GGUF. @default the catalogue's default model, fetched at first use */
  readonly modelFile?: string | undefined;
  /** Generations at once. @default the engine's */
  readonly sequences?: number | undefined;
  /** Tokens a sequence holds. @default the engine's */
  readonly contextSize?: number | undefined;
  /** Compute threads. @default the engine's */
  readonly threads?: number | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly logger: Logger;
}

/**
 * The engine that serves a model of this machine. Whatever is missing, program files or model, is fetched first; the engine
 * says meanwhile that it isn't ready.
 *
 * Imported only where it's needed: a server with an engine of its own loads none of this.
 */
export function createLocalEngine(options: LocalModelOptions): Engine {
  const { modelFile, sequences, contextSize, threads, onProgress, logger } = options;
  return createLlamaCppEngine({
    files: async (signal) => {
      if (modelFile !== undefined) await checkModelFile(modelFile);
      const [runtime, file] = await Promise.all([
        ensureLlamaCppRuntime({ onProgress, signal }),
        modelFile ?? ensureModelFile(defaultModel, { onProgress, signal }),
      ]);
      return { runtime, modelFile: file };
    },
    ...(sequences !== undefined && { sequences }),
    ...(contextSize !== undefined && { contextSize }),
    ...(threads !== undefined && { threads }),
    onEvent: (event) => logEvent(logger, event),
  });
}

function logEvent(logger: Logger, event: LlamaCppEvent): void {
  if (event.type === "ready") {
    const { model, pid, loadMs } = event;
    const { name, contextSize, sequences } = model;
    logger.info({ model: name, contextSize, sequences, pid, loadMs }, "model loaded");
  } else if (event.type === "stopped") {
    logger.error({ reason: event.reason, restartMs: event.restartMs }, "engine stopped");
  } else {
    logger.debug({ level: event.level, llama: event.message }, "llama.cpp");
  }
}
