import { constants } from "node:fs";
import { type FileHandle, lstat, open, unlink } from "node:fs/promises";

import { errorCode } from "../platform/index.js";
import { HomeNotWritableError } from "./errors.js";
import { explainDiskError } from "./explain-disk-error.js";

/*
 * Some files of Cria's have names that anybody can foretell, such as that of an unfinished download. In a folder that others may write to
 * something else may be there: a link to a file of the user's, whose bytes would be overwritten, or a named pipe, at which opening waits for
 * ever. All of that is Cria's to delete, by its name; what a link leads to isn't.
 */

/** Windows has neither; there {@link ownFileSize} has looked just before. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;

/**
 * The size of a file that only Cria writes, in bytes. Anything else at that path is deleted: symbolic links, files with a second name, pipes.
 *
 * @returns undefined if nothing is there now
 * @throws {HomeNotWritableError} a folder is there, or what is there can't be deleted.
 */
export async function ownFileSize(path: string): Promise<number | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  // some file systems don't count names, and say 0
  if (stats.isFile() && stats.nlink <= 1) return stats.size;
  await clearFile(path);
  return undefined;
}

/**
 * Deletes what is at a path: a file, a pipe, or a link, whose target stays.
 *
 * @throws {HomeNotWritableError} a folder is there, or it can't be deleted.
 */
export async function clearFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    const isFolder = await lstat(path).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (isFolder) throw new HomeNotWritableError(path, "EISDIR", { cause: error });
    throw await explainDiskError(error, path, 0);
  }
}

/**
 * Reads a small file of Cria's. A link is followed: a user may keep the file elsewhere.
 *
 * @param most - the longest that it may be, in bytes
 * @throws the system's error; or one whose `code` says in words that it's too long, or no file, such as a pipe, at which reading would wait
 */
export async function readOwnText(path: string, most: number): Promise<string> {
  const file = await open(path, constants.O_RDONLY | O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw withCode("not a file");
    if (stats.size > most) throw withCode(`longer than ${most} bytes`);
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/**
 * Opens a file that only Cria writes: anew, or to be continued at its end. Never follows a link, and never waits.
 *
 * @param from - where to continue, in bytes; 0 begins anew
 * @returns undefined if there is no file of that length to be continued: something else took its place
 * @throws {HomeNotWritableError} something else is there, and can't be deleted.
 * @throws the system's error
 */
export async function openOwnFile(path: string, from: number): Promise<FileHandle | undefined> {
  if (from === 0) return createOwnFile(path);
  if ((await ownFileSize(path)) !== from) return undefined;
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND | O_NOFOLLOW | O_NONBLOCK);
  const stats = await file.stat();
  if (stats.isFile() && stats.nlink <= 1 && stats.size === from) return file;
  await file.close();
  return undefined;
}

/**
 * Begins a file that only Cria writes, in place of what is there.
 *
 * @throws {HomeNotWritableError} something else is there, and can't be deleted.
 * @throws the system's error
 */
export async function createOwnFile(path: string): Promise<FileHandle> {
  await clearFile(path);
  return open(path, "wx");
}
