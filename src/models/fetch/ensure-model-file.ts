import { rename } from "node:fs/promises";
import { dirname } from "node:path";

import { fileSize } from "../../platform/index.js";
import { criaHome, makeRoom, type OnProgress, ProgressMeter, withLock } from "../../store/index.js";
import type { KnownModelEntry } from "../catalogue/index.js";
import { modelPath } from "../model-paths.js";
import { DOWNLOAD_LIMITS, type DownloadLimits } from "./download-limits.js";
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
  /** What a person types to fetch it, for errors. @default "cria setup" */
  readonly command?: string | undefined;
}

/**
 * The model's file on disk, fetched if it isn't there. Two processes at once fetch once; what came before a cut is kept
 * and gone on from.
 *
 * @returns its absolute path; its bytes are verified
 * @throws {ModelUnavailableError} no source could be reached
 * @throws {DiskFullError} {@link HomeNotWritableError} the file can't be written
 * @throws `signal.reason` once aborted
 */
export async function ensureModelFile(
  entry: KnownModelEntry,
  options: EnsureModelFileOptions = {},
): Promise<string> {
  const { env = process.env, home = criaHome(env), limits = DOWNLOAD_LIMITS, signal, command } = options;
  signal?.throwIfAborted();
  const path = modelPath(entry, home);
  if (await isMarkedVerified(path, entry)) return path;
  if (await isVerifiedNow(path, entry, signal)) return path; // put there by hand

  const meter = new ProgressMeter("model", options.onProgress);
  const onWait = () => meter.step(`${entry.name}: another process is fetching it`);
  const fetchOnce = async (held: AbortSignal) => {
    if (await isVerifiedNow(path, entry, held)) return; // another process just fetched it
    const part = `${path}.part`;
    await makeRoom(dirname(path), entry.bytes - ((await fileSize(part)) ?? 0));
    // what fetching needs takes a while to load, and is needed once in the life of a home
    const { fetchFromAny } = await import("./fetch-model.js");
    await fetchFromAny(path, meter, { entry, part, env, command, signal: held, limits });
    await rename(part, path);
    await markVerified(path, entry);
  };
  await withLock(`${path}.lock`, fetchOnce, { onWait, signal });
  meter.finish(entry.name, entry.bytes);
  return path;
}
