import { dirname } from "node:path";

import {
  criaHome,
  explainDiskError,
  makeRoom,
  moveOver,
  type OnProgress,
  ownFileSize,
  ProgressMeter,
  withLock,
} from "../../store/index.js";
import type { KnownModelEntry } from "../catalogue/index.js";
import { modelPath, partialPath } from "../model-paths.js";
import { DOWNLOAD_LIMITS, type DownloadLimits } from "./fetch-job.js";
import { isMarkedVerified, isVerifiedNow, markVerified } from "./verified-file.js";

export interface EnsureModelFileOptions {
  /** @default criaHome(env) */
  readonly home?: string | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** @default DOWNLOAD_LIMITS */
  readonly limits?: DownloadLimits | undefined;
  /** The command that fetches the file, for error messages. @default "cria setup" */
  readonly command?: string | undefined;
}

/**
 * Makes sure that a model's file is on disk and verified, and fetches it if it is not. Of several processes, only one fetches.
 * An interrupted download continues where it stopped.
 *
 * @returns the file's absolute path
 * @throws {ModelUnavailableError} every source failed
 * @throws {DiskFullError} {@link HomeNotWritableError} the file cannot be written
 * @throws `signal.reason` if aborted
 */
export async function ensureModelFile(
  entry: KnownModelEntry,
  options: EnsureModelFileOptions = {},
): Promise<string> {
  const { env = process.env, home = criaHome(env), limits = DOWNLOAD_LIMITS, signal, command } = options;
  signal?.throwIfAborted();
  const here = await findModelFile(entry, home, signal);
  if (here !== undefined) return here;

  const path = modelPath(entry, home);
  const meter = new ProgressMeter("model", options.onProgress);
  const onWait = () => meter.step(`${entry.name}: another process is fetching it`);
  const fetchOnce = async (held: AbortSignal) => {
    if (await isVerifiedNow(path, entry, held)) return; // another process has just fetched it
    const part = partialPath(path);
    await makeRoom(dirname(path), entry.bytes - ((await ownFileSize(part)) ?? 0));
    // the modules that download take a while to load, and are rarely needed
    const { fetchFromAny } = await import("./fetch-model.js");
    await fetchFromAny(path, meter, { entry, part, env, command, signal: held, limits });
    await moveOver(part, path).catch(async (error: unknown) => {
      throw await explainDiskError(error, path, 0);
    });
    await markVerified(path, entry);
  };
  try {
    await withLock(`${path}.lock`, fetchOnce, { onWait, signal });
  } catch (error) {
    meter.stop(entry.name);
    throw error;
  }
  meter.finish(entry.name, entry.bytes);
  return path;
}

/**
 * Looks for a model's file. One without a marker, such as one that the user copied there, is read and verified.
 *
 * @returns its absolute path; undefined if it isn't here, or has other bytes
 * @throws `signal.reason` if aborted
 */
export async function findModelFile(
  entry: KnownModelEntry,
  home: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const path = modelPath(entry, home);
  return (await isMarkedVerified(path, entry)) || (await isVerifiedNow(path, entry, signal))
    ? path
    : undefined;
}
