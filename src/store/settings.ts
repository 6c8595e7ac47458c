import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { errorCode } from "../platform/index.js";
import { SettingsError } from "./errors.js";
import { makeRoom } from "./home.js";
import { withLock } from "./lock.js";
import { replaceFile } from "./replace-file.js";

/** What `cria setup` was told, or decided, for one home. Whoever reads a value checks it. */
export interface Settings {
  /** The stand-in: the name of a model of the catalogue, a Bedrock model id, or the absolute path of a GGUF. */
  readonly model?: string;
  /** Where the engine computes: `auto`, `none`, or the name of a GPU API. */
  readonly gpu?: string;
  /** The engine's build that `gpu` led to on this machine, such as `linux-x64-vulkan`. */
  readonly build?: string;
  /** `software` if that build computes on a device that the processor imitates; absent otherwise. */
  readonly device?: string;
}

const KEYS = ["model", "gpu", "build", "device"] as const;

/** The file that holds the {@link Settings}. */
export function settingsFile(home: string): string {
  return join(home, "settings.json");
}

/**
 * Reads the settings of a home; a home without the file has none. Keys that this version doesn't know are ignored.
 *
 * @throws {SettingsError} the file can't be read, or isn't a JSON object with texts.
 */
export async function readSettings(home: string): Promise<Settings> {
  const file = settingsFile(home);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return {};
    throw new SettingsError(file, `can't be read (${errorCode(error)})`, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SettingsError(file, "is not valid JSON", { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SettingsError(file, "is not a JSON object");
  }
  const entries = KEYS.map((key) => [key, (value as Record<string, unknown>)[key]] as const);
  for (const [key, entry] of entries) {
    if (entry !== undefined && typeof entry !== "string") {
      throw new SettingsError(file, `has a "${key}" that is not a text`);
    }
  }
  return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
}

/**
 * Changes some settings and keeps the others, atomically and under a lock.
 *
 * @param change - the settings to set; `undefined` removes one
 * @throws {SettingsError} the file is there and can't be read.
 * @throws {DiskFullError} {@link HomeNotWritableError} it can't be written.
 */
export async function changeSettings(
  home: string,
  change: { readonly [Key in keyof Settings]: string | undefined },
): Promise<void> {
  const file = settingsFile(home);
  await makeRoom(home, 0);
  await withLock(`${file}.lock`, async (signal) => {
    const changed = { ...(await readSettings(home)), ...change };
    await replaceFile(file, `${JSON.stringify(changed, undefined, 2)}\n`, { signal });
  });
}
