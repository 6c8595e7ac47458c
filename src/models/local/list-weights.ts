import { fileSize } from "../../platform/index.js";
import { criaHome } from "../../store/index.js";
import {
  type CacheLayout,
  catalogue,
  memoryNeed,
  weightBytes,
  type LlamaWeights,
} from "../catalogue/index.js";
import { modelPath, unfinishedDownloads, weightEntries } from "../model-paths.js";
import { bestOf, type FindOptions, findRegistered, type FoundWeights } from "./find-weights.js";
import { type ScannedFile, scanStores } from "./scan-stores.js";

/** A Bedrock model, and its weights on this machine. */
export interface ListedWeights {
  readonly weights: LlamaWeights;
  /** Its real weights; undefined while a stand-in answers for it. */
  readonly found: FoundWeights | undefined;
  /** The size of the weights here, or of the recommended ones; undefined if the catalogue has none. */
  readonly bytes: number | undefined;
  /** Where the file is or belongs; undefined if the catalogue has none. */
  readonly path: string | undefined;
  /** The size of an unfinished download. */
  readonly partialBytes: number;
  /** The memory that it needs when it runs; see `memoryNeed()`. */
  memoryBytes(layout: CacheLayout, contextSize: number): number | undefined;
}

/** All Bedrock models, and other programs' files that may be some of them. */
export interface WeightsList {
  readonly models: readonly ListedWeights[];
  /** Files with a model's vocabulary and shape, for which nothing proves that they are the model. */
  readonly doubtful: readonly ScannedFile[];
}

/**
 * Lists every Llama model that Bedrock offers or offered.
 *
 * @throws {RegistryError} the registry cannot be read
 */
export async function listWeights(options: FindOptions = {}): Promise<WeightsList> {
  const { env = process.env, home = criaHome(env) } = options;
  const scanned = await scanStores(env);
  const models: ListedWeights[] = [];
  for (const weights of catalogue) models.push(await list(weights, home, scanned));
  const used = new Set(models.map(({ found }) => found?.path));
  const doubtful = scanned.filter((file) => file.weights === undefined && !used.has(file.path));
  return { models, doubtful };
}

async function list(
  weights: LlamaWeights,
  home: string,
  scanned: readonly ScannedFile[],
): Promise<ListedWeights> {
  const found = (await findRegistered(weights, home)) ?? bestOf(weights, scanned);
  const [recommended] = weights.quantizations;
  const expected = recommended && weightBytes(recommended, weights.shape);
  const [entry] = recommended ? weightEntries(weights, recommended) : [];
  return {
    weights,
    found,
    bytes: found?.bytes ?? expected,
    path: found?.path ?? (entry && modelPath(entry, home)),
    partialBytes: await partialBytes(weights, home),
    memoryBytes(layout, contextSize) {
      if (found !== undefined) return found.memoryBytes(layout, contextSize);
      const context = Math.min(contextSize, weights.contextSize);
      return expected === undefined ? undefined : memoryNeed(expected, weights.shape, layout, context);
    },
  };
}

async function partialBytes({ modelId }: LlamaWeights, home: string): Promise<number> {
  const files = await unfinishedDownloads(modelId, home);
  const sizes = await Promise.all(files.map(fileSize));
  return sizes.reduce<number>((sum, size = 0) => sum + size, 0);
}
