import { join } from "node:path";

import { fileSize } from "../../platform/index.js";
import { criaHome } from "../../store/index.js";
import { catalogue, memoryNeed, weightBytes, type LlamaWeights } from "../catalogue/index.js";
import { modelFolderName, modelPath, modelsFolder, weightEntries } from "../model-paths.js";
import { bestOf, type FindOptions, findRegistered, type FoundWeights } from "./find-weights.js";
import { type ScannedFile, scanStores } from "./scan-stores.js";
import { walk } from "./stored-file.js";

/** A Bedrock model, and what of it is on this machine. */
export interface ListedWeights {
  readonly weights: LlamaWeights;
  /** Its real weights; undefined while another model stands in for it. */
  readonly found: FoundWeights | undefined;
  /** The file's size: of what is here, else of what the catalogue recommends; undefined where there are no weights. */
  readonly bytes: number | undefined;
  /** Where the file is, or would be; undefined where there are no weights. */
  readonly path: string | undefined;
  /** Bytes of an unfinished download. */
  readonly partialBytes: number;
  /** Memory it takes, or would; see `memoryNeed()`. */
  memoryBytes(sequences: number, contextSize: number): number | undefined;
}

/** All Bedrock models, and the files of other programs that could be some of them. */
export interface WeightsList {
  readonly models: readonly ListedWeights[];
  /** Files that have a model's vocabulary and shape, of which nothing says for certain that they are the model. */
  readonly doubtful: readonly ScannedFile[];
}

/**
 * Lists every Llama that Bedrock has or had.
 *
 * @throws {RegistryError} what was pulled and added can't be told
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
  const found = (await findRegistered(weights, home)) ?? (await bestOf(weights, scanned));
  const [recommended] = weights.quantizations;
  const expected = recommended && weightBytes(recommended, weights.shape);
  const [entry] = recommended ? weightEntries(weights, recommended) : [];
  return {
    weights,
    found,
    bytes: found?.bytes ?? expected,
    path: found?.path ?? (entry && modelPath(entry, home)),
    partialBytes: await partialBytes(join(modelsFolder(home), modelFolderName(weights.modelId))),
    memoryBytes(sequences, contextSize) {
      if (found !== undefined) return found.memoryBytes(sequences, contextSize);
      const context = Math.min(contextSize, weights.contextSize);
      return expected === undefined ? undefined : memoryNeed(expected, weights.shape, sequences, context);
    },
  };
}

async function partialBytes(folder: string): Promise<number> {
  const files = await walk(folder, 2, 1000);
  const sizes = await Promise.all(
    files
      .filter((names) => names.at(-1)?.endsWith(".part") === true)
      .map(async (names) => (await fileSize(join(folder, ...names))) ?? 0),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
