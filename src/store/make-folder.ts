import { mkdirSync, statSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { errorCode } from "../platform/index.js";
import { HomeNotWritableError } from "./errors.js";
import { explainDiskError } from "./explain-disk-error.js";

/** How a folder is made. */
export interface FolderOptions {
  /** The permissions of each new folder. @default 0o777, less the process's umask */
  readonly mode?: number;
}

/**
 * Creates a folder and those above it that are missing; nothing happens if it's there. Whoever needs a folder asks here: Node's own recursive
 * `mkdir` says `ENOENT` where the file system is read-only.
 *
 * @throws {DiskFullError} {@link HomeNotWritableError} it can't be created; the message says why, and what to do.
 */
export async function makeFolder(folder: string, options: FolderOptions = {}): Promise<void> {
  try {
    await make(folder, options);
  } catch (error) {
    // of a drive that isn't there, or of a file system of the kernel's own
    if (errorCode(error) === "ENOENT") throw new HomeNotWritableError(folder, "ENOENT", { cause: error });
    throw await explainDiskError(error, folder, 0);
  }
}

async function make(folder: string, options: FolderOptions): Promise<void> {
  let failure = await failureOf(folder, options);
  const above = dirname(folder);
  if (errorCode(failure) === "ENOENT" && above !== folder) {
    const stats = await stat(above).catch(() => undefined);
    if (stats?.isFile()) throw belowFile(failure);
    await make(above, options);
    failure = await failureOf(folder, options);
  }
  if (failure !== undefined) throw failure;
}

/** Creates one folder. @returns why it isn't there; undefined if it is */
async function failureOf(folder: string, options: FolderOptions): Promise<Error | undefined> {
  try {
    await mkdir(folder, options);
    return undefined;
  } catch (error) {
    // some systems say of a folder that is there only that it couldn't be created: on a read-only disk, at the root of a drive
    const stats = await stat(folder).catch(() => undefined);
    return stats?.isDirectory() ? undefined : (error as Error);
  }
}

/**
 * {@link makeFolder} for code that can't wait.
 *
 * @throws the system's error
 */
export function makeFolderSync(folder: string, options: FolderOptions = {}): void {
  const failureOf = (): Error | undefined => {
    try {
      mkdirSync(folder, options);
      return undefined;
    } catch (error) {
      return isFolder(folder) ? undefined : (error as Error);
    }
  };
  let failure = failureOf();
  const above = dirname(folder);
  if (errorCode(failure) === "ENOENT" && above !== folder) {
    if (statSync(above, { throwIfNoEntry: false })?.isFile()) throw belowFile(failure);
    makeFolderSync(above, options);
    failure = failureOf();
  }
  if (failure !== undefined) throw failure;
}

/** Windows says `ENOENT` of a folder below a file, where other systems say what is wrong. */
function belowFile(cause: unknown): Error {
  return Object.assign(new Error("ENOTDIR: a file is where a folder should be", { cause }), {
    code: "ENOTDIR",
  });
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
