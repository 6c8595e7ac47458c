import { dirname } from "node:path";

import { fileSize, formatBytes } from "../../platform/index.js";
import { criaHome, explainDiskError, makeRoom, type OnProgress } from "../../store/index.js";
import {
  weightsOf,
  weightBytes,
  type KnownModelEntry,
  type ModelEntry,
  type LlamaWeights,
  type QuantizedWeights,
} from "../catalogue/index.js";
import { ModelMismatchError, ModelUnavailableError, NoWeightsError, SourceError } from "../errors.js";
import { describeGguf } from "../gguf/index.js";
import { registerModel, familyMismatch } from "../local/index.js";
import { modelPath, weightEntries } from "../model-paths.js";
import { DOWNLOAD_LIMITS, type DownloadLimits } from "./download-limits.js";
import { ensureModelFile } from "./ensure-model-file.js";
import { sourceAddress, sourceName } from "./fetch-model.js";
import { completeEntry, writeNotes } from "./hub-facts.js";

export interface PullOptions {
  /** llama.cpp's name of the rounding. @default the recommended one */
  readonly quantization?: string | undefined;
  /** @default criaHome(env) */
  readonly home?: string | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** @default DOWNLOAD_LIMITS */
  readonly limits?: DownloadLimits | undefined;
}

/** What a pull left on the machine. */
export interface PulledWeights {
  readonly modelId: string;
  readonly quantization: string;
  /** The file, or the first part of a split one. */
  readonly path: string;
  /** Of all parts. */
  readonly bytes: number;
  readonly license: string;
}

/** See {@link pullWeights}. */
export async function pull(modelId: string, options: PullOptions = {}): Promise<PulledWeights> {
  const { env = process.env, limits = DOWNLOAD_LIMITS, onProgress } = options;
  const { home = criaHome(env), signal = new AbortController().signal } = options;
  const weights = weightsOf(modelId);
  const choice = chooseQuantization(weights, options.quantization);
  const command = `cria models pull ${weights.modelId}`;

  const entries: KnownModelEntry[] = [];
  for (const entry of weightEntries(weights, choice)) {
    const path = modelPath(entry, home);
    entries.push(
      await completeEntry(entry, path, { env, limits, signal }).catch((error: unknown) => {
        throw unavailable(error, entry, path, command, env);
      }),
    );
  }
  const paths = entries.map((entry) => modelPath(entry, home));
  const folder = dirname(paths[0] ?? home);
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  await makeRoom(folder, total - (await bytesHere(paths)));

  let before = 0;
  for (const [index, entry] of entries.entries()) {
    const last = index === entries.length - 1;
    await noteOnce(entry, modelPath(entry, home));
    await ensureModelFile(entry, {
      home,
      env,
      limits,
      signal,
      command,
      onProgress: onProgress && partOfAll(onProgress, before, total, last),
    });
    before += entry.bytes;
  }
  const [path = ""] = paths;
  const mismatch = familyMismatch(await describeGguf(path), weights.family);
  if (mismatch !== undefined) throw new ModelMismatchError(path, weights.modelId, mismatch);
  const { quantization } = choice;
  const model = { modelId: weights.modelId, path, quantization, bytes: total };
  await registerModel(home, { ...model, source: "pulled", owned: true });
  return { ...model, license: weights.license };
}

/** Writes down what comes, unless it's here already: a folder that can't be written to is then no hindrance. */
async function noteOnce(entry: KnownModelEntry, path: string): Promise<void> {
  if ((await fileSize(path)) === entry.bytes) return;
  await writeNotes(entry, path).catch(async (error: unknown) => {
    throw await explainDiskError(error, dirname(path), 0);
  });
}

/** Bytes that are here already, of whole files and of unfinished ones. */
async function bytesHere(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    paths.map(async (path) => (await fileSize(path)) ?? (await fileSize(`${path}.part`)) ?? 0),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Tells how far a part is as how far all is. */
function partOfAll(onProgress: OnProgress, before: number, total: number, last: boolean): OnProgress {
  return ({ what, label, doneBytes, finished }) => {
    onProgress({
      what,
      label,
      totalBytes: total,
      ...(doneBytes !== undefined && { doneBytes: before + doneBytes }),
      finished: finished && last,
    });
  };
}

function unavailable(
  error: unknown,
  entry: ModelEntry,
  path: string,
  command: string,
  env: NodeJS.ProcessEnv,
): unknown {
  const [source] = entry.sources;
  if (!(error instanceof SourceError) || source === undefined) return error;
  const name = `${sourceName(source)} (${sourceAddress(source, env)})`;
  return new ModelUnavailableError(entry.name, [{ source: name, error }], path, command);
}

/**
 * The rounding that was asked for, in upper or lower case; the recommended one where none was.
 *
 * @throws {NoWeightsError} there is none, or not this one
 */
export function chooseQuantization(weights: LlamaWeights, asked?: string): QuantizedWeights {
  const { modelId, quantizations, none = "" } = weights;
  const [recommended] = quantizations;
  if (recommended === undefined) throw new NoWeightsError(modelId, undefined, `${modelId}: ${none}.`);
  if (asked === undefined) return recommended;
  const found = quantizations.find(({ quantization }) => quantization === asked.toUpperCase());
  if (found !== undefined) return found;
  const choices = quantizations
    .map((choice) => `${choice.quantization} (${formatBytes(weightBytes(choice, weights.shape))})`)
    .join(", ");
  throw new NoWeightsError(
    modelId,
    asked,
    `There is no ${asked} of ${modelId} in the catalogue: ${choices}.`,
  );
}
