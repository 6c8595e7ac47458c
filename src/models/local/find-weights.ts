import { machineMemory } from "../../platform/index.js";
import { criaHome } from "../../store/index.js";
import { type CacheLayout, weightsOf, memoryNeed, type LlamaWeights } from "../catalogue/index.js";
import { describeGguf, type GgufModel } from "../gguf/index.js";
import { modelParts } from "../split-model.js";
import { readRegistry } from "./registry.js";
import { type ScannedFile, scanStores } from "./scan-stores.js";
import type { StoreName } from "./stores.js";

/** A Bedrock model's real weights on this machine. */
export interface FoundWeights {
  /** The model's id on Bedrock. */
  readonly modelId: string;
  /** The GGUF, or the first part of a split model. */
  readonly path: string;
  /** How the file came here. */
  readonly source: "pulled" | "imported" | StoreName;
  /** llama.cpp's name for the quantization; undefined if the file does not state it. */
  readonly quantization: string | undefined;
  /** The size of all parts. */
  readonly bytes: number;
  /** The context size in the file's metadata, in tokens. */
  readonly contextSize: number;
  /**
   * The memory that it needs when it runs, in bytes; see `memoryNeed()`.
   *
   * @param contextSize - tokens in the context of each sequence
   */
  memoryBytes(layout: CacheLayout, contextSize: number): number;
  /** Numbers in a head's key. */
  readonly headSize: number;
}

export interface FindOptions {
  /** @default criaHome(env) */
  readonly home?: string | undefined;
  /** Tells where other programs' stores are. @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/**
 * Finds a Bedrock model's real weights on this machine: those pulled or added last, else those in another program's store,
 * the largest that fit into memory first.
 *
 * @param modelId - in any form that Bedrock takes
 * @returns undefined if there are none
 * @throws {UnknownModelError} Bedrock has no such model
 * @throws {RegistryError} the registry cannot be read
 */
export async function findWeights(
  modelId: string,
  options: FindOptions = {},
): Promise<FoundWeights | undefined> {
  const { env = process.env, home = criaHome(env) } = options;
  const weights = weightsOf(modelId);
  return (await findRegistered(weights, home)) ?? bestOf(weights, await scanStores(env));
}

/** Finds the weights that were pulled or added last and still exist. */
export async function findRegistered(weights: LlamaWeights, home: string): Promise<FoundWeights | undefined> {
  for (const { modelId, path, source } of await readRegistry(home)) {
    if (modelId !== weights.modelId) continue;
    try {
      const [model, { bytes }] = [await describeGguf(path), await modelParts(path)];
      return found(weights, path, source, model, bytes);
    } catch {
      // it has since been deleted, moved or damaged: try the next one
    }
  }
  return undefined;
}

/** Picks the best of a model's files in other programs' stores: the largest that fits into memory, else the smallest. */
export function bestOf(weights: LlamaWeights, scanned: readonly ScannedFile[]): FoundWeights | undefined {
  const memory = machineMemory();
  const certain = scanned
    .filter((file) => file.weights === weights)
    .map(({ path, store, model, bytes }) => found(weights, path, store, model, bytes))
    .sort((a, b) => b.bytes - a.bytes);
  return certain.find(({ bytes }) => bytes < memory) ?? certain.at(-1);
}

function found(
  { modelId }: LlamaWeights,
  path: string,
  source: FoundWeights["source"],
  { quantization, contextSize, cache }: GgufModel,
  bytes: number,
): FoundWeights {
  return {
    modelId,
    path,
    source,
    quantization,
    bytes,
    contextSize,
    memoryBytes: (layout, size) => memoryNeed(bytes, cache, layout, Math.min(size, contextSize)),
    headSize: cache.headSize,
  };
}
