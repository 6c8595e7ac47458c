import { resolve } from "node:path";

import envPaths from "env-paths";

import { freeBytes } from "../platform/index.js";
import { DiskFullError } from "./errors.js";
import { RESERVE_BYTES } from "./explain-disk-error.js";
import { makeFolder } from "./make-folder.js";

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

/**
 * Creates `directory` and checks that its disk has room.
 *
 * @param bytes - how much is about to be written there
 * @throws {DiskFullError} fewer than `bytes` and a small reserve are free
 * @throws {HomeNotWritableError} the folder cannot be created
 */
export async function makeRoom(directory: string, bytes: number): Promise<void> {
  await makeFolder(directory);
  const needed = bytes + RESERVE_BYTES;
  const free = await freeBytes(directory);
  if (free !== undefined && free < needed) throw new DiskFullError(directory, needed, free);
}
