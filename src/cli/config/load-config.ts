import { type FileHandle, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import {
  ConfigError,
  type ConfigProblem,
  type ConfigSettings,
  inOrder,
  MAX_CONFIG_BYTES,
  type ReadConfig,
  readConfig,
} from "../../config/index.js";
import { errorCode } from "../../platform/index.js";
import type { ServeOptions } from "../../server/index.js";
import { type HereProblem, toOptions } from "./to-options.js";

/** Something wrong that only this machine can tell. */
export interface FoundProblem extends ConfigProblem, HereProblem {}

/** A configuration file that can be used, but for what it names. */
export interface LoadedConfig {
  /** As the user named it. */
  readonly file: string;
  /** Its content. */
  readonly bytes: Buffer;
  readonly settings: ConfigSettings;
  /** The settings as `serve()` takes them. */
  readonly options: ServeOptions;
  readonly place: ReadConfig["place"];
  /** What is wrong with the variables and files that it names. */
  readonly problems: readonly FoundProblem[];
  /** The files with keys and certificates that it names. Absolute. */
  readonly files: readonly string[];
  /** When they were read, in ms since 1970. */
  readonly readAt: number;
}

/**
 * Reads a configuration file, and what it names.
 *
 * @param options.env - @default process.env
 * @throws {ConfigError} it can't be read, or something in it is wrong.
 */
export async function loadConfig(
  file: string,
  { env = process.env }: { readonly env?: NodeJS.ProcessEnv } = {},
): Promise<LoadedConfig> {
  const readAt = Date.now();
  const bytes = await readBytes(file);
  const { settings, problems, place } = readConfig(bytes);
  if (settings === undefined) throw new ConfigError(file, problems);
  const folder = dirname(resolve(file));
  const found = await toOptions(settings, { folder, env });
  const placed = found.problems.map((each) => ({ ...each, ...place(each.pointer) }));
  const { options, files } = found;
  return { file, bytes, settings, options, place, problems: inOrder(placed), files, readAt };
}

/**
 * The content of a file, up to a byte more than is allowed.
 *
 * @throws {ConfigError} it can't be read.
 */
export async function readBytes(file: string): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_CONFIG_BYTES + 1), 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    const code = errorCode(error);
    throw new ConfigError(file, [{ message: WHY_UNREADABLE[code] ?? `The file can't be read (${code}).` }], {
      cause: error,
    });
  } finally {
    await handle?.close();
  }
}

/** What is wrong with the file itself, by the code of the system's error. */
const WHY_UNREADABLE: Readonly<Record<string, string>> = {
  EACCES: "This user may not read the file. Let the user read it who starts Cria.",
  EISDIR: "This is a folder. Name the file in it.",
  ENOENT: "There is no such file. Check the path.",
};
