import { constants, existsSync, renameSync } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

import { errorCode } from "../../platform/index.js";
import { criaHome, makeFolderSync, replaceFile, withLock } from "../../store/index.js";
import { KeyFileError } from "../errors.js";
import { parseKeys } from "./parse-keys.js";
import type { StoredKey } from "./stored-key.js";

/** Only the owner may read and write the file. Without effect on Windows, where the folder in the user's profile keeps it private. */
const MODE = 0o600;

/**
 * Permissions that a file of secrets must not have: any for other users, and writing or executing for the group. The group may read
 * it, because containers get secrets that way.
 */
const FORBIDDEN_MODE = 0o027;

const { O_NONBLOCK } = constants as Partial<typeof constants>;

/** Room for thousands of keys. */
const MAX_BYTES = 1024 * 1024;

/** Where the default key file may be; for tests. */
export interface KeyFilePlace {
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Cria's folder. @default criaHome(env) */
  readonly home?: string;
  /** The user's folder. */
  readonly userHome?: string;
  /** @default process.platform */
  readonly platform?: NodeJS.Platform;
}

/**
 * The default key file: `keys.json` in Cria's folder.
 *
 * On macOS, unless `CRIA_HOME` is set, that folder is a cache, which the system may empty when the disk is full. There it's
 * `~/Library/Application Support/cria/keys.json`, to which an earlier version's file is moved.
 */
export function defaultKeyFile({
  env = process.env,
  home = criaHome(env),
  userHome = homedir(),
  platform = process.platform,
}: KeyFilePlace = {}): string {
  const file = join(home, "keys.json");
  if (platform !== "darwin" || env["CRIA_HOME"]) return file;
  const kept = join(userHome, "Library", "Application Support", "cria", "keys.json");
  return existsSync(kept) || !existsSync(file) || move(file, kept) ? kept : file;
}

/** @returns false if `from` is still there */
function move(from: string, to: string): boolean {
  try {
    makeFolderSync(dirname(to), { mode: 0o700 });
    renameSync(from, to);
    return true;
  } catch {
    // another process may have moved it just now
    return !existsSync(from);
  }
}

/**
 * Reads the keys in a file.
 *
 * @returns no keys if the file doesn't exist
 * @throws {KeyFileError} it can't be read, other users can read it, or it doesn't hold keys.
 */
export async function readKeyFile(file: string): Promise<readonly StoredKey[]> {
  let handle: FileHandle;
  try {
    // a pipe would be waited for; Windows has no such flag
    handle = await open(file, constants.O_RDONLY | (O_NONBLOCK ?? 0));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw new KeyFileError(file, `it can't be opened (${errorCode(error)})`, { cause: error });
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new KeyFileError(file, "it isn't a regular file");
    if (stats.size > MAX_BYTES) throw new KeyFileError(file, `it is longer than ${MAX_BYTES} bytes`);
    if (process.platform !== "win32" && (stats.mode & FORBIDDEN_MODE) !== 0) {
      throw new KeyFileError(file, `other users can read or write it; run \`chmod 600 ${file}\``);
    }
    return parseKeys(await handle.readFile("utf8"), file);
  } finally {
    await handle.close();
  }
}

/**
 * Changes the keys in a file atomically. Creates the file if it doesn't exist.
 *
 * @param change - maps the present keys to the new ones
 * @throws {KeyFileError} the file can't be read.
 * @throws {HomeNotWritableError} {@link DiskFullError} the file can't be written.
 * @throws what `change` throws; the file then stays as it is.
 */
export async function changeKeyFile(
  file: string,
  change: (keys: readonly StoredKey[]) => readonly StoredKey[],
): Promise<void> {
  await withLock(`${file}.lock`, async (signal) => {
    const keys = change(await readKeyFile(file));
    await replaceFile(file, `${JSON.stringify({ keys }, undefined, 2)}\n`, { mode: MODE, signal });
  });
}

/** A text that differs after each change of the file; undefined if there is no file. */
export async function versionOfKeyFile(file: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeMs, mode } = await stat(file);
    return [ino, size, mtimeMs, mode].join(" ");
  } catch {
    // reading it reports the problem
    return undefined;
  }
}
