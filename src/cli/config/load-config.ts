import { type FileHandle, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import {
  ConfigError,
  type ConfigProblem,
  type ConfigSettings,
  MAX_CONFIG_BYTES,
  type ReadConfig,
  readConfig,
} from "../../config/index.js";
import { errorCode } from "../../platform/index.js";
import type { ServeOptions } from "../../server/index.js";
import { toOptions } from "./to-options.js";

/** A configuration file that can be used. */
export interface LoadedConfig {
  /** As the user named it. */
  readonly file: string;
  /** Its content. */
  readonly bytes: Buffer;
  readonly settings: ConfigSettings;
  /** The settings as `serve()` takes them. */
  readonly options: ServeOptions;
  readonly place: ReadConfig["place"];
  /** Variables and files that it names and that aren't here. */
  readonly missing: readonly ConfigProblem[];
  /** The files with keys and certificates that it names. Absolute. */
  readonly files: readonly string[];
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
  const bytes = await readBytes(file);
  const { settings, problems, place } = readConfig(bytes);
  if (settings === undefined) throw new ConfigError(file, problems);
  const folder = dirname(resolve(file));
  const { options, problems: missing, files } = await toOptions(settings, place, { folder, env });
  return { file, bytes, settings, options, place, missing, files };
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
    const what = code === "ENOENT" ? "There is no such file." : `The file can't be read (${code}).`;
    throw new ConfigError(file, [{ message: what }], { cause: error });
  } finally {
    await handle?.close();
  }
}
