import { type AccessKey, sha256 } from "../../sigv4/index.js";
import { KeyEnvironmentError, NoKeysError } from "../errors.js";
import { defaultKeyFile, readKeyFile, versionOfKeyFile } from "./key-file.js";
import { mergeKeySets, type KeySet, keySetOf } from "./key-set.js";

/** Where the keys come from. */
export interface KeySource {
  /**
   * The present keys, which may change while the server runs.
   *
   * @throws {KeyFileError} they can't be read.
   */
  current(): Promise<KeySet>;
}

/**
 * Reads keys from the environment, for containers: `CRIA_ACCESS_KEY_ID` with `CRIA_SECRET_ACCESS_KEY` and optionally
 * `CRIA_SESSION_TOKEN`; `CRIA_API_KEY`, with them or alone. These keys don't expire. An empty variable counts as unset.
 *
 * @throws {KeyEnvironmentError} a part of a key is missing.
 */
export function environmentKeys(env: NodeJS.ProcessEnv): KeySet {
  const id = env["CRIA_ACCESS_KEY_ID"] ?? "";
  const secretAccessKey = env["CRIA_SECRET_ACCESS_KEY"] ?? "";
  const token = env["CRIA_SESSION_TOKEN"] ?? "";
  const apiKey = env["CRIA_API_KEY"] ?? "";
  if (id !== "" && secretAccessKey === "") {
    throw new KeyEnvironmentError("CRIA_SECRET_ACCESS_KEY", "must be set if CRIA_ACCESS_KEY_ID is");
  }
  if (id === "" && (secretAccessKey !== "" || token !== "")) {
    const other = secretAccessKey === "" ? "CRIA_SESSION_TOKEN" : "CRIA_SECRET_ACCESS_KEY";
    throw new KeyEnvironmentError("CRIA_ACCESS_KEY_ID", `must be set if ${other} is`);
  }
  const accessKeys = new Map<string, AccessKey>();
  if (id !== "") {
    accessKeys.set(id, {
      secretAccessKey,
      sessionToken: token === "" ? undefined : token,
      expiresAt: undefined,
    });
  }
  const apiKeys = new Map(apiKey === "" ? [] : [[sha256(apiKey).toString("hex"), Infinity]]);
  return { accessKeys, apiKeys };
}

/**
 * How often, at most, the file is checked for changes. A new or removed key takes effect within a second, and a busy server
 * spends little time on checks.
 */
const CHECK_MS = 1_000;

/** Where a server's keys are. */
export interface KeyOptions {
  /** @default {@link defaultKeyFile} */
  readonly file?: string | undefined;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** How often, at most, the file is checked for changes, in ms. @default 1000 */
  readonly checkMs?: number | undefined;
}

/**
 * Opens the keys in a file and in the environment. The file is read again after each change; while it can't be read,
 * {@link KeySource.current} throws.
 *
 * @throws {KeyFileError} {@link KeyEnvironmentError} the keys can't be read.
 * @throws {NoKeysError} there are no keys.
 */
export async function openKeys(options: KeyOptions = {}): Promise<KeySource> {
  const { file = defaultKeyFile(), env = process.env, checkMs = CHECK_MS } = options;
  const fromEnvironment = environmentKeys(env);
  let version: string | undefined;
  // undefined before the first read and after a failed one
  let read: KeySet | undefined;
  let checkedAt = -Infinity;
  let latest: Promise<KeySet> | undefined;

  const check = async (): Promise<KeySet> => {
    // before the content, so that no change in between is missed
    const found = await versionOfKeyFile(file);
    if (read && found === version) return read;
    read = undefined;
    version = found;
    read = mergeKeySets(keySetOf(await readKeyFile(file)), fromEnvironment);
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
  if (accessKeys.size === 0 && apiKeys.size === 0) throw new NoKeysError(file);
  return source;
}
