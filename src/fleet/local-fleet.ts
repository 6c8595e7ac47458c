import type { Logger } from "pino";

import type { LlamaModel } from "../bedrock/index.js";
import {
  createLlamaCppEngine,
  DEFAULT_SEQUENCES,
  type Engine,
  type EngineModel,
  EngineUnavailableError,
  ensureLlamaCppRuntime,
  llamaCppCapabilities,
  type LlamaCppEvent,
} from "../engine/index.js";
import {
  type CacheLayout,
  cacheLayouts,
  chatTemplateOf,
  checkModelFile,
  currentStandIn,
  type KvCacheType,
  listWeights,
  MEMORY_SHARE,
  prepareStandIn,
  type StandInOptions,
} from "../models/index.js";
import { machineMemory } from "../platform/index.js";
import type { OnProgress } from "../store/index.js";
import { EnginePool } from "./engine-pool.js";
import type { Fleet } from "./fleet.js";
import { fileWeights, type LocalWeights, standInWeights, WeightsSearch } from "./local-weights.js";

export interface LocalFleetOptions {
  /** Path of a GGUF that answers for `as`, or stands in for every model. @default none */
  readonly modelFile?: string | undefined;
  /** The model whose real weights `modelFile` has. @default none */
  readonly as?: LlamaModel | undefined;
  /** Generations at once for each model. @default the engine's default, or fewer if memory is very short */
  readonly sequences?: number | undefined;
  /** How keys and values are stored. @default "f16", or "q8_0" if memory is short */
  readonly kvCacheType?: KvCacheType | undefined;
  /** Tokens per sequence. @default the engine's default, or the model's own limit if that's smaller */
  readonly contextSize?: number | undefined;
  /** Compute threads, always. @default the engine's default, which follows what other programs leave */
  readonly threads?: number | undefined;
  /** Memory that all models together may use, in bytes. @default MEMORY_SHARE of what this process may use */
  readonly memoryBudget?: number | undefined;
  /** Models to load at the start. @default `as`, or the stand-in if only it can answer */
  readonly preload?: readonly LlamaModel[] | undefined;
  /** Whether to refuse to answer with a stand-in. */
  readonly strict: boolean;
  /** How the model is chosen and downloaded that stands in for the others, unless `modelFile` does. */
  readonly standIn: Pick<StandInOptions, "small" | "onDownload">;
  /** What the stand-in's prompts are expected to begin with; "" if that isn't known. Must not reject. */
  readonly beginning: (standIn: EngineModel) => Promise<string>;
  /** Called with sentences about what is chosen for this machine. */
  readonly onNotice: (sentence: string) => void;
  readonly onProgress?: OnProgress | undefined;
  readonly logger: Logger;
}

/** See `prepareLocalFleet`, which loads this file. */
export async function prepare(options: LocalFleetOptions): Promise<() => Fleet> {
  const { modelFile, as, contextSize, logger } = options;
  const own = modelFile === undefined ? undefined : await fileWeights(modelFile, contextSize);
  const search = new WeightsSearch(contextSize, ({ modelId, path, source, quantization }) =>
    logger.info({ modelId, path, source, quantization }, "weights found"),
  );
  const find = async (model: LlamaModel) => {
    if (own && as?.id === model.id) return own;
    // a file that isn't declared as a model's weights stands in for every model
    return own && !as ? undefined : search.find(model);
  };
  const standIn = async (signal: AbortSignal) => {
    const { onProgress, onNotice } = options;
    const meanwhile = (ended: AbortSignal) => ensureLlamaCppRuntime({ onProgress, onNotice, signal: ended });
    const prepared = await prepareStandIn({ ...options.standIn, onProgress, onNotice, signal, meanwhile });
    // they may be the real weights of a model that was looked for before
    search.forget();
    return standInWeights(prepared, contextSize);
  };
  const budgetBytes = options.memoryBudget ?? machineMemory() * MEMORY_SHARE;
  const preload = await whatToPreload(options, find);
  let standInKey = own && !as ? own.key : undefined;
  return () =>
    new EnginePool<LocalWeights>({
      find,
      standIn: async (signal) => {
        if (own) return own;
        const found = await standIn(signal);
        standInKey = found.key;
        return found;
      },
      start: (weights, layout) => startEngine(weights, layout, weights.key === standInKey, options),
      capabilities: llamaCppCapabilities,
      budgetBytes,
      layouts: (weights) => layoutsFor(weights, options),
      preload,
    });
}

/** The models that are almost certain to be needed. The stand-in isn't one if there are real weights. */
async function whatToPreload(
  { modelFile, as, preload, strict, standIn }: LocalFleetOptions,
  find: (model: LlamaModel) => Promise<LocalWeights | undefined>,
): Promise<readonly LlamaModel[] | "stand-in"> {
  if (preload) {
    const found = await Promise.all(preload.map(find));
    return strict ? preload.filter((_, i) => found[i] !== undefined) : preload;
  }
  if (modelFile !== undefined && as) return [as];
  if (strict) return [];
  if (modelFile !== undefined) return "stand-in";
  const [{ models }, choice] = await Promise.all([listWeights(), currentStandIn(standIn)]);
  const own = choice?.standIn.kind === "weights" ? choice.standIn.weights : undefined;
  return models.some(({ weights, found }) => found !== undefined && weights !== own) ? [] : "stand-in";
}

function layoutsFor({ name, headSize }: LocalWeights, wanted: LocalFleetOptions): readonly CacheLayout[] {
  const layouts = cacheLayouts(wanted, DEFAULT_SEQUENCES, headSize);
  if (layouts.length > 0) return layouts;
  throw new EngineUnavailableError(
    `${name} can't have a KV cache of type ${wanted.kvCacheType}: its heads have ${headSize} numbers, not a multiple of 32. Choose f16.`,
    false,
  );
}

function startEngine(
  { modelFile, contextSize }: LocalWeights,
  layout: CacheLayout,
  isStandIn: boolean,
  { threads, beginning, onProgress, onNotice, logger }: LocalFleetOptions,
): Engine {
  return createLlamaCppEngine({
    files: async (signal) => {
      await checkModelFile(modelFile);
      const runtime = await ensureLlamaCppRuntime({ onProgress, signal, onNotice });
      return { runtime, modelFile, chatTemplate: chatTemplateOf(modelFile) };
    },
    ...layout,
    contextSize,
    ...(threads !== undefined && { threads }),
    ...(isStandIn && { beginning }),
    onEvent: (event) => logEvent(logger, event),
  });
}

function logEvent(logger: Logger, event: LlamaCppEvent): void {
  if (event.type === "ready") {
    const { model, pid, loadMs } = event;
    const { name, contextSize, sequences, halfSequences, kvCacheType } = model;
    const layout = { contextSize, sequences, halfSequences, kvCacheType };
    logger.info({ model: name, ...layout, pid, loadMs }, "model loaded");
  } else if (event.type === "stopped") {
    logger.error({ reason: event.reason, restartMs: event.restartMs }, "engine stopped");
  } else if (event.type === "grown") {
    logger.warn({ reason: event.reason }, "engine holds too much memory");
  } else {
    logger.debug({ level: event.level, llama: event.message }, "llama.cpp");
  }
}
