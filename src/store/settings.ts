import { join } from "node:path";

import { errorCode } from "../platform/index.js";
import { DiskFullError, HomeNotWritableError, SettingsError } from "./errors.js";
import { makeRoom } from "./home.js";
import { withLock } from "./lock.js";
import { readOwnText } from "./own-file.js";
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

/** A path may take 4 KiB, and there are four settings. */
const MAX_BYTES = 64 * 1024;

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
    text = await readOwnText(file, MAX_BYTES);
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

/** Settings to set; `undefined` removes one. */
export type SettingsChange = { readonly [Key in keyof Settings]: string | undefined };

/**
 * Changes some settings and keeps the others, atomically and under a lock. Nothing is written if they are so already.
 *
 * @param change - the settings to set, or what makes them of those that the home has when it's their turn: a choice that took long must not
 *   replace one that somebody made meanwhile
 * @throws {SettingsError} the file is there and can't be read.
 * @throws {DiskFullError} {@link HomeNotWritableError} it can't be written.
 */
export async function changeSettings(
  home: string,
  change: SettingsChange | ((now: Settings) => SettingsChange),
): Promise<void> {
  const file = settingsFile(home);
  const changeOf = (now: Settings) => (typeof change === "function" ? change(now) : change);
  const now = await readSettings(home);
  if (isSo(now, changeOf(now))) return;
  await makeRoom(home, 0);
  await withLock(`${file}.lock`, async (signal) => {
    const then = await readSettings(home);
    const changed = { ...then, ...changeOf(then) };
    await replaceFile(file, `${JSON.stringify(changed, undefined, 2)}\n`, { signal });
  });
}

function isSo(settings: Settings, change: SettingsChange): boolean {
  return KEYS.every((key) => !(key in change) || settings[key] === change[key]);
}

/**
 * Changes settings that Cria chose by itself. In a home that can't be written, or whose disk is full, nothing is kept and the choice is made again
 * at the next start.
 *
 * @throws {SettingsError} the file is there and can't be read.
 */
export async function keepChoice(
  home: string,
  change: SettingsChange | ((now: Settings) => SettingsChange),
): Promise<void> {
  try {
    await changeSettings(home, change);
  } catch (error) {
    if (!(error instanceof HomeNotWritableError || error instanceof DiskFullError)) throw error;
  }
}
