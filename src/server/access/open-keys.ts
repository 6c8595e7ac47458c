import { NoKeysError } from "../no-keys-error.js";
import { environmentKeys } from "./environment-keys.js";
import { defaultKeyFile, readKeyFile, versionOfKeyFile } from "./key-file.js";
import { joinKeySets, keySetOf } from "./key-set.js";
import type { KeySet, KeySource } from "./key-source.js";

/**
 * How often, at most, the file is looked at: a key that was made or removed counts a second later, and a busy server isn't kept
 * busy by that.
 */
const CHECK_MS = 1_000;

/** Where the keys of a server are. */
export interface KeyOptions {
  /** @default {@link defaultKeyFile} */
  readonly file?: string | undefined;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** How often, at most, the file is looked at, in ms. @default 1000 */
  readonly checkMs?: number | undefined;
}

/**
 * The keys in a file and in the environment. The file is read again once it has changed; while it is broken, nobody is let in.
 *
 * @throws {KeyFileError} {@link KeyEnvironmentError} they can't be read.
 * @throws {NoKeysError} there are none.
 */
export async function openKeys(options: KeyOptions = {}): Promise<KeySource> {
  const { file = defaultKeyFile(), env = process.env, checkMs = CHECK_MS } = options;
  const fromEnvironment = environmentKeys(env);
  let version: string | undefined;
  // undefined until it was read, and after a reading that failed
  let read: KeySet | undefined;
  let checkedAt = -Infinity;
  let latest: Promise<KeySet> | undefined;

  const check = async (): Promise<KeySet> => {
    // before the content: were it after, a change in between would go unseen
    const found = await versionOfKeyFile(file);
    if (read && found === version) return read;
    read = undefined;
    version = found;
    read = joinKeySets(keySetOf(await readKeyFile(file)), fromEnvironment);
    return read;
  };

  const source: KeySource = {
    current() {
      const now = performance.now();
      if (latest && now - checkedAt < checkMs) return latest;
      checkedAt = now;
      latest = check();
      return latest;
    },
  };
  const { accessKeys, apiKeys } = await source.current();
  if (accessKeys.size === 0 && apiKeys.length === 0) throw new NoKeysError(file);
  return source;
}
