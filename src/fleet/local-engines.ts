import type { Logger } from "pino";

import type { LlamaModel } from "../bedrock/index.js";
import {
  createLlamaCppEngine,
  DEFAULT_SEQUENCES,
  type Engine,
  ensureLlamaCppRuntime,
  type LlamaCppEvent,
} from "../engine/index.js";
import {
  chatTemplateOf,
  checkModelFile,
  defaultModel,
  ensureModelFile,
  listWeights,
} from "../models/index.js";
import { machineMemory } from "../platform/index.js";
import { EnginePool } from "./engine-pool.js";
import type { Engines } from "./fleet.js";
import type { LocalEnginesOptions } from "./prepare-local-engines.js";
import { defaultWeights, fileWeights, type LocalWeights, WeightsSearch } from "./local-weights.js";

/** What is left belongs to the system, to its file cache, and to the program under test. */
export const MEMORY_SHARE = 0.75;

/** What {@link prepareLocalEngines} loads. */
export async function prepare(options: LocalEnginesOptions): Promise<() => Engines> {
  const { modelFile, as, sequences, contextSize, logger } = options;
  const own = modelFile === undefined ? undefined : await fileWeights(modelFile, contextSize);
  const search = new WeightsSearch(contextSize, ({ modelId, path, source, quantization }) =>
    logger.info({ modelId, path, source, quantization }, "weights found"),
  );
  const find = async (model: LlamaModel) => {
    if (own && as?.id === model.id) return own;
    // a file that nobody called a model's weights is to answer for all of them
    return own && !as ? undefined : search.find(model);
  };
  const budgetBytes = options.memoryBudget ?? machineMemory() * MEMORY_SHARE;
  const preload = await whatToPreload(options, find);
  return () =>
    new EnginePool<LocalWeights>({
      find,
      standIn: own ?? defaultWeights(contextSize),
      start: (weights, count) => startEngine(weights, count, options),
      budgetBytes,
      sequences: sequences === undefined ? fewerAndFewer(DEFAULT_SEQUENCES) : [sequences],
      preload,
    });
}

/** What is needed for certain, or as good as: a stand-in may never be asked where there are real weights. */
async function whatToPreload(
  { modelFile, as, preload, strict }: LocalEnginesOptions,
  find: (model: LlamaModel) => Promise<LocalWeights | undefined>,
): Promise<readonly LlamaModel[] | "stand-in"> {
  if (preload) {
    const found = await Promise.all(preload.map(find));
    return strict ? preload.filter((_, i) => found[i] !== undefined) : preload;
  }
  if (modelFile !== undefined && as) return [as];
  if (strict) return [];
  if (modelFile !== undefined) return "stand-in";
  const { models } = await listWeights();
  return models.some(({ found }) => found !== undefined) ? [] : "stand-in";
}

function fewerAndFewer(most: number): number[] {
  return Array.from({ length: most }, (_, i) => most - i);
}

function startEngine(
  { modelFile, contextSize }: LocalWeights,
  sequences: number,
  { threads, onProgress, logger }: LocalEnginesOptions,
): Engine {
  return createLlamaCppEngine({
    files: async (signal) => {
      if (modelFile !== undefined) await checkModelFile(modelFile);
      const [runtime, file] = await Promise.all([
        ensureLlamaCppRuntime({ onProgress, signal }),
        modelFile ?? ensureModelFile(defaultModel, { onProgress, signal }),
      ]);
      return { runtime, modelFile: file, chatTemplate: chatTemplateOf(file) };
    },
    sequences,
    contextSize,
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
  } else if (event.type === "grown") {
    logger.warn({ reason: event.reason }, "engine holds too much memory");
  } else {
    logger.debug({ level: event.level, llama: event.message }, "llama.cpp");
  }
}
