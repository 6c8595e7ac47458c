import { machineMemory } from "../../platform/index.js";
import { criaHome } from "../../store/index.js";
import { weightsOf, memoryNeed, type LlamaWeights } from "../catalogue/index.js";
import { describeGguf, type GgufModel } from "../gguf/index.js";
import { modelParts } from "../model-paths.js";
import { readRegistry } from "./registry.js";
import { type ScannedFile, scanStores } from "./scan-stores.js";
import type { StoreName } from "./stored-file.js";

/** A Bedrock model's real weights on this machine. */
export interface FoundWeights {
  /** Bedrock's id. */
  readonly modelId: string;
  /** The GGUF, or the first part of a split one. */
  readonly path: string;
  /** Who put it here. */
  readonly source: "pulled" | "imported" | StoreName;
  /** llama.cpp's name of the rounding; undefined where the file doesn't say it. */
  readonly quantization: string | undefined;
  /** Of all parts. */
  readonly bytes: number;
  /** Tokens the model was made for, by the file's own word. */
  readonly contextSize: number;
  /**
   * Memory it takes while it runs, in bytes; see `memoryNeed()`.
   *
   * @param sequences - generations at once
   * @param contextSize - tokens each of them holds
   */
  memoryBytes(sequences: number, contextSize: number): number;
}

export interface FindOptions {
  /** @default criaHome(env) */
  readonly home?: string | undefined;
  /** Where other programs' stores are, by their own variables and the user's folder. @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/**
 * Finds a Bedrock model's real weights on this machine: the latest that was pulled or added, else one that another program
 * keeps and that is the model for certain, the largest that fits into memory first.
 *
 * @param modelId - in any form that Bedrock takes
 * @returns undefined where there are none
 * @throws {UnknownModelError} there is no such model on Bedrock
 * @throws {RegistryError} what was pulled and added can't be told
 */
export async function findWeights(
  modelId: string,
  options: FindOptions = {},
): Promise<FoundWeights | undefined> {
  const { env = process.env, home = criaHome(env) } = options;
  const weights = weightsOf(modelId);
  return (await findRegistered(weights, home)) ?? bestOf(weights, await scanStores(env));
}

/** The latest that was pulled or added and is still there. */
export async function findRegistered(weights: LlamaWeights, home: string): Promise<FoundWeights | undefined> {
  for (const { modelId, path, source } of await readRegistry(home)) {
    if (modelId !== weights.modelId) continue;
    try {
      const [model, { bytes }] = [await describeGguf(path), await modelParts(path)];
      return found(weights, path, source, model, bytes);
    } catch {
      // it was deleted, moved or damaged since: the next one may do
    }
  }
  return undefined;
}

/** Of the files in other programs' stores, the one that serves a model best. */
export async function bestOf(
  weights: LlamaWeights,
  scanned: readonly ScannedFile[],
): Promise<FoundWeights | undefined> {
  const memory = await machineMemory();
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
    memoryBytes: (sequences, size) => memoryNeed(bytes, cache, sequences, Math.min(size, contextSize)),
  };
}
