import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";

import envPaths from "env-paths";

import { errorCode, freeBytes } from "../platform/index.js";
import { DiskFullError, FileInUseError, HomeNotWritableError } from "./errors.js";

/**
 * Cria's folder: the engine, the models and, but for macOS, the keys. It can be deleted at any time: what is missing is fetched
 * again, and keys must be created again.
 *
 * @param env - read for `CRIA_HOME`, which may be relative to the working directory; empty counts as unset
 * @returns an absolute path; the folder may not exist yet
 *
 * @default the platform's cache folder (`~/.cache/cria`, `~/Library/Caches/cria`, `%LOCALAPPDATA%\cria\Cache`)
 */
export function criaHome(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env["CRIA_HOME"];
  return chosen ? resolve(chosen) : envPaths("cria", { suffix: "" }).cache;
}

/** Bytes left free beyond what is needed, so that Cria does not fill the disk that other programs use. */
const RESERVE_BYTES = 32 * 1024 * 1024;

const FULL = new Set(["ENOSPC", "EDQUOT"]);
const NOT_WRITABLE = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"]);

/**
 * Creates `directory` and checks that its disk has room.
 *
 * @param bytes - how much is about to be written there
 * @throws {DiskFullError} fewer than `bytes` and a small reserve are free
 * @throws {HomeNotWritableError} the folder cannot be created
 */
export async function makeRoom(directory: string, bytes: number): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw await explainDiskError(error, directory, bytes);
  }
  const needed = bytes + RESERVE_BYTES;
  const free = await freeBytes(directory);
  if (free !== undefined && free < needed) throw new DiskFullError(directory, needed, free);
}

/**
 * Turns the system error of a failed write into one that says what to do. Returns any other error unchanged.
 *
 * @param bytes - how much was still to be written in `directory`
 */
export async function explainDiskError(error: unknown, directory: string, bytes: number): Promise<unknown> {
  if (error instanceof FileInUseError) return error;
  const code = errorCode(error);
  if (FULL.has(code)) return diskFullError(directory, bytes, error);
  if (NOT_WRITABLE.has(code)) return new HomeNotWritableError(directory, code, { cause: error });
  return error;
}

/**
 * The error for a disk that filled up during a write.
 *
 * @param bytes - how much was still to be written in `directory`
 */
export async function diskFullError(
  directory: string,
  bytes: number,
  cause: unknown,
): Promise<DiskFullError> {
  return new DiskFullError(directory, bytes + RESERVE_BYTES, (await freeBytes(directory)) ?? 0, { cause });
}
