import type { LlamaModel } from "../bedrock/index.js";
import { DEFAULT_CONTEXT_SIZE } from "../engine/index.js";
import {
  defaultModel,
  defaultModelCache,
  describeGguf,
  findWeights,
  type FoundWeights,
  memoryNeed,
} from "../models/index.js";
import type { PoolWeights } from "./pool-slot.js";

/** Weights on this machine. */
export interface LocalWeights extends PoolWeights {
  /** Path of a GGUF; undefined for the default model, which is fetched at first use. */
  readonly modelFile: string | undefined;
}

/**
 * How long the result of a search is used: weights that were just pulled are found soon, and a busy server doesn't read other
 * programs' folders for every request.
 */
const SEARCH_TTL_MS = 5_000;

/** Cria's default stand-in. @param contextSize - tokens per sequence; undefined for the default */
export function defaultWeights(contextSize = DEFAULT_CONTEXT_SIZE): LocalWeights {
  return {
    key: "default model",
    name: "The default model",
    modelFile: undefined,
    contextSize,
    headSize: defaultModelCache.headSize,
    memoryBytes: (layout) => memoryNeed(defaultModel.bytes, defaultModelCache, layout, contextSize),
  };
}

/**
 * A file that the user named. If it can't be read, the engine will report what is wrong with it.
 *
 * @param wanted - tokens per sequence; undefined for the default
 */
export async function fileWeights(modelFile: string, wanted: number | undefined): Promise<LocalWeights> {
  const about = await describeGguf(modelFile).catch(() => undefined);
  const contextSize = Math.min(wanted ?? DEFAULT_CONTEXT_SIZE, about?.contextSize ?? Infinity);
  return {
    key: modelFile,
    name: modelFile,
    modelFile,
    contextSize,
    headSize: about?.cache.headSize ?? 0,
    memoryBytes: (layout) => (about ? memoryNeed(about.bytes, about.cache, layout, contextSize) : 0),
  };
}

/** Finds the weights of Bedrock's models on this machine. */
export class WeightsSearch {
  readonly #contextSize: number | undefined;
  readonly #onFound: (weights: FoundWeights) => void;
  readonly #searches = new Map<
    string,
    { readonly at: number; readonly found: Promise<LocalWeights | undefined> }
  >();
  readonly #told = new Set<string>();

  /**
   * @param contextSize - tokens per sequence; undefined for the default
   * @param onFound - called once for each file
   */
  constructor(contextSize: number | undefined, onFound: (weights: FoundWeights) => void) {
    this.#contextSize = contextSize;
    this.#onFound = onFound;
  }

  find({ id }: LlamaModel): Promise<LocalWeights | undefined> {
    const last = this.#searches.get(id);
    const now = performance.now();
    if (last && now - last.at < SEARCH_TTL_MS) return last.found;
    const found = this.#search(id);
    this.#searches.set(id, { at: now, found });
    return found;
  }

  async #search(id: string): Promise<LocalWeights | undefined> {
    const found = await findWeights(id);
    if (!found) return undefined;
    if (!this.#told.has(found.path)) this.#onFound(found);
    this.#told.add(found.path);
    const contextSize = Math.min(this.#contextSize ?? DEFAULT_CONTEXT_SIZE, found.contextSize);
    return {
      key: found.path,
      name: id,
      modelFile: found.path,
      contextSize,
      headSize: found.headSize,
      memoryBytes: (layout) => found.memoryBytes(layout, contextSize),
    };
  }
}
