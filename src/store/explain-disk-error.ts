import { errorCode, freeBytes } from "../platform/index.js";
import { DiskFullError, FileInUseError, HomeNotWritableError } from "./errors.js";

/** Bytes left free beyond what is needed, so that Cria does not fill the disk that other programs use. */
export const RESERVE_BYTES = 32 * 1024 * 1024;

const FULL = new Set(["ENOSPC", "EDQUOT"]);

/** Codes of a place that can't be written, whatever is written there. */
const NOT_WRITABLE = new Set("EACCES EPERM EROFS ENOTDIR EEXIST EISDIR ELOOP ENAMETOOLONG".split(" "));

/**
 * Turns the system error of a failed write into one that says what to do. Returns any other error unchanged.
 *
 * @param bytes - how much was still to be written in `directory`
 */
export async function explainDiskError(error: unknown, directory: string, bytes: number): Promise<unknown> {
  const isExplained = [DiskFullError, FileInUseError, HomeNotWritableError].some(
    (each) => error instanceof each,
  );
  if (isExplained) return error;
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
