import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { errorCode } from "../../platform/index.js";
import { criaHome, explainDiskError, withLock } from "../../store/index.js";
import { KeyFileError } from "../errors.js";
import { parseKeys } from "./parse-keys.js";
import type { StoredKey } from "./stored-key.js";

/** Its owner may read and write it, nobody else anything. */
const MODE = 0o600;

/**
 * What makes a file of secrets one that can't be trusted: that others than its owner and its group can do anything with it, or
 * that its group can write it. Its group may read it, as containers are given secrets in that way.
 */
const TOO_OPEN = 0o027;

/** Thousands of keys; more is some other file. */
const MAX_BYTES = 1024 * 1024;

/** Where keys are kept unless told otherwise: `keys.json` in Cria's home. */
export function defaultKeyFile(): string {
  return join(criaHome(), "keys.json");
}

/**
 * Reads the keys in a file; where there is no file, there are none.
 *
 * @throws {KeyFileError} it can't be read, others can read it, or it says something else than keys.
 */
export async function readKeyFile(file: string): Promise<readonly StoredKey[]> {
  let handle: FileHandle;
  try {
    handle = await open(file, "r");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw new KeyFileError(file, `it can't be opened (${errorCode(error)})`, { cause: error });
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new KeyFileError(file, "it isn't a file");
    if (stats.size > MAX_BYTES) throw new KeyFileError(file, `it is longer than ${MAX_BYTES} bytes`);
    if (process.platform !== "win32" && (stats.mode & TOO_OPEN) !== 0) {
      throw new KeyFileError(file, `others may read or write it; \`chmod 600 ${file}\` keeps it to yourself`);
    }
    return parseKeys(await handle.readFile("utf8"), file);
  } finally {
    await handle.close();
  }
}

/**
 * Changes the keys in a file, which is made if there is none. Whoever reads it sees the keys of before or of after.
 *
 * @param change - gets those that there are, and gives those that there are to be
 * @throws {KeyFileError} what is there can't be read.
 * @throws {HomeNotWritableError} {@link DiskFullError} it can't be written.
 * @throws what `change` throws; the file then stays as it is.
 */
export async function changeKeyFile(
  file: string,
  change: (keys: readonly StoredKey[]) => readonly StoredKey[],
): Promise<void> {
  await withLock(`${file}.lock`, async (signal) => {
    const keys = change(await readKeyFile(file));
    const draft = `${file}.${randomUUID()}`;
    try {
      await writeFile(draft, `${JSON.stringify({ keys }, undefined, 2)}\n`, {
        mode: MODE,
        flag: "wx",
        flush: true,
      });
      signal.throwIfAborted();
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw await explainDiskError(error, dirname(file), 0);
    }
  });
}

/** Something that differs once the file was changed; undefined where there is none. */
export async function versionOfKeyFile(file: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeMs, mode } = await stat(file);
    return [ino, size, mtimeMs, mode].join(" ");
  } catch {
    // reading it will tell what is wrong
    return undefined;
  }
}
