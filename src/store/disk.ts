import { mkdir, statfs } from "node:fs/promises";

import { DiskFullError, HomeNotWritableError } from "./errors.js";

/** Left free beyond what is asked for, so that a full disk doesn't harm whatever else runs on the machine. */
const RESERVE_BYTES = 32 * 1024 * 1024;

const FULL = new Set(["ENOSPC", "EDQUOT"]);
const NOT_WRITABLE = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"]);

/** Bytes this user may still write in `directory`, which must exist; undefined where the system can't tell. */
async function freeBytes(directory: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/**
 * Makes `directory` and checks that it has room.
 *
 * @param bytes - how much is about to be written there
 * @throws {DiskFullError} fewer than `bytes` and a small reserve are free
 * @throws {HomeNotWritableError} the folder can't be made
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
 * Turns what the system says about a failed write into an error that says what to do; any other error comes back as it
 * is.
 *
 * @param bytes - how much was still to be written in `directory`
 */
export async function explainDiskError(error: unknown, directory: string, bytes: number): Promise<unknown> {
  const code = errorCode(error);
  if (FULL.has(code)) {
    return diskFullError(directory, bytes, error);
  }
  if (NOT_WRITABLE.has(code)) return new HomeNotWritableError(directory, code, { cause: error });
  return error;
}

/**
 * The error for a disk that turned out to be full in the middle of the work.
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

/** The `code` of a system error, such as `ENOENT`; empty where there is none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
