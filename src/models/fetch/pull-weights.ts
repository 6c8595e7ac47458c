import { dirname } from "node:path";

import { fileSize, formatBytes } from "../../platform/index.js";
import { criaHome, explainDiskError, makeRoom, type OnProgress } from "../../store/index.js";
import {
  type KnownModelEntry,
  type LlamaWeights,
  type QuantizedWeights,
  weightBytes,
  weightsOf,
} from "../catalogue/index.js";
import { ModelMismatchError, NoWeightsError } from "../errors.js";
import { describeGguf } from "../gguf/index.js";
import { familyMismatch, registerModel } from "../local/index.js";
import { modelPath, partialPath, weightEntries } from "../model-paths.js";
import { ensureModelFile } from "./ensure-model-file.js";
import { DOWNLOAD_LIMITS, type DownloadLimits } from "./fetch-job.js";

export interface PullOptions {
  /** llama.cpp's name for the quantization, in upper or lower case. @default the recommended one */
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

/** The result of {@link pullWeights}. */
export interface PulledWeights {
  readonly modelId: string;
  readonly quantization: string;
  /** The file, or the first part of a split model. */
  readonly path: string;
  /** The size of all parts. */
  readonly bytes: number;
  readonly license: string;
}

/**
 * Fetches the weights of a Bedrock model, which are served from then on. Files that are here are not fetched again, and an
 * interrupted download continues where it stopped. Every file is verified by the checksum in the catalogue, or by the one that
 * the hub gives before the download.
 *
 * @param modelId - in any form that Bedrock takes
 * @throws {UnknownModelError} {@link NoWeightsError} the catalogue has no such weights
 * @throws {ModelUnavailableError} the hub cannot be reached, refuses, or has a different file
 * @throws {ModelMismatchError} the file holds a model of another family than the catalogue says
 * @throws {DiskFullError} {@link HomeNotWritableError} the files do not fit on the disk, or cannot be written
 * @throws `signal.reason` if aborted
 */
export async function pullWeights(modelId: string, options: PullOptions = {}): Promise<PulledWeights> {
  const { env = process.env, limits = DOWNLOAD_LIMITS, onProgress } = options;
  const { home = criaHome(env), signal = new AbortController().signal } = options;
  const weights = weightsOf(modelId);
  const choice = chooseQuantization(weights, options.quantization);
  const job = { env, limits, signal, command: `cria models pull ${weights.modelId}` };

  // the modules that talk to the hub take a while to load, and most commands do not need them
  const { completeEntry, writeSourceRecord } = await import("./complete-entry.js");
  const entries: KnownModelEntry[] = [];
  for (const entry of weightEntries(weights, choice)) {
    entries.push(await completeEntry(entry, modelPath(entry, home), job));
  }
  const paths = entries.map((entry) => modelPath(entry, home));
  const [path = ""] = paths;
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  await makeRoom(dirname(path), total - (await bytesHere(paths)));

  let before = 0;
  for (const [index, entry] of entries.entries()) {
    const last = index === entries.length - 1;
    const file = modelPath(entry, home);
    // a complete file needs no record, and its folder may be read-only
    if ((await fileSize(file)) !== entry.bytes) {
      await writeSourceRecord(entry, file).catch(async (error: unknown) => {
        throw await explainDiskError(error, dirname(file), 0);
      });
    }
    await ensureModelFile(entry, {
      ...job,
      home,
      onProgress: onProgress && progressOfAll(onProgress, before, total, last),
    });
    before += entry.bytes;
  }

  const mismatch = familyMismatch(await describeGguf(path), weights.family);
  if (mismatch !== undefined) throw new ModelMismatchError(path, weights.modelId, mismatch);
  const { quantization } = choice;
  const model = { modelId: weights.modelId, path, quantization, bytes: total };
  await registerModel(home, { ...model, source: "pulled", owned: true });
  return { ...model, license: weights.license };
}

/** Bytes that are here already, in complete files and unfinished downloads. */
async function bytesHere(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    paths.map(async (path) => (await fileSize(path)) ?? (await fileSize(partialPath(path))) ?? 0),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Turns the progress of one part into the progress of all. */
function progressOfAll(onProgress: OnProgress, before: number, total: number, last: boolean): OnProgress {
  return ({ what, label, doneBytes, finished, stopped }) => {
    onProgress({
      what,
      label,
      totalBytes: total,
      ...(doneBytes !== undefined && { doneBytes: before + doneBytes }),
      finished: stopped ?? (finished && last),
      ...(stopped && { stopped }),
    });
  };
}

/**
 * Chooses one of a model's quantizations.
 *
 * @param name - in upper or lower case; the recommended quantization if undefined
 * @throws {NoWeightsError} the model has no weights, or not this quantization
 */
export function chooseQuantization(weights: LlamaWeights, name?: string): QuantizedWeights {
  const { modelId, quantizations, noWeightsReason = "" } = weights;
  const [recommended] = quantizations;
  if (recommended === undefined)
    throw new NoWeightsError(modelId, undefined, `There are no weights of ${modelId}: ${noWeightsReason}.`);
  if (name === undefined) return recommended;
  const found = quantizations.find(({ quantization }) => quantization === name.toUpperCase());
  if (found !== undefined) return found;
  const choices = quantizations
    .map((choice) => `${choice.quantization} (${formatBytes(weightBytes(choice, weights.shape))})`)
    .join(", ");
  throw new NoWeightsError(
    modelId,
    name,
    `The catalogue has no ${name} quantization of ${modelId}. Choose one of: ${choices}.`,
  );
}
