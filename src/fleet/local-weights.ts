import type { LlamaModel } from "../bedrock/index.js";
import { DEFAULT_CONTEXT_SIZE } from "../engine/index.js";
import {
  describeGguf,
  findWeights,
  type FoundWeights,
  memoryNeed,
  type PreparedStandIn,
  smallModel,
  smallModelCache,
  smallStandIn,
} from "../models/index.js";
import type { PoolWeights } from "./pool-slot.js";

/** Weights on this machine. */
export interface LocalWeights extends PoolWeights {
  /** Path of a GGUF, or of the first part of a split model. */
  readonly modelFile: string;
}

/**
 * How long the result of a search is used: weights that were just pulled are found soon, and a busy server doesn't read other
 * programs' folders for every request.
 */
const SEARCH_TTL_MS = 5_000;

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

/**
 * The stand-in. Where it's the real weights of a model, that model shares its engine.
 *
 * @param contextSize - tokens per sequence; undefined for the default
 */
export async function standInWeights(
  { choice, path }: PreparedStandIn,
  contextSize: number | undefined,
): Promise<LocalWeights> {
  if (choice.standIn !== smallStandIn) return fileWeights(path, contextSize);
  // what is known of the small model needn't be read from its file, at each start of `cria "…"`
  const size = Math.min(contextSize ?? DEFAULT_CONTEXT_SIZE, smallModel.contextSize);
  return {
    key: path,
    name: smallModel.name,
    modelFile: path,
    contextSize: size,
    headSize: smallModelCache.headSize,
    memoryBytes: (layout) => memoryNeed(smallModel.bytes, smallModelCache, layout, size),
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

  /** Forgets what was found, after new weights came. */
  forget(): void {
    this.#searches.clear();
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
