import { type AccessKey, sha256 } from "../../sigv4/index.js";
import { KeyEnvironmentError, NoKeysError } from "../errors.js";
import { defaultKeyFile, readKeyFile, versionOfKeyFile } from "./key-file.js";
import { type ApiKey, mergeKeySets, type KeySet, keySetOf } from "./key-set.js";

/** Where the keys come from. */
export interface KeySource {
  /**
   * Those that there are now: keys come and go while a server runs.
   *
   * @throws {KeyFileError} they can't be read.
   */
  current(): Promise<KeySet>;
}

/**
 * The keys that the environment names, for containers: `CRIA_ACCESS_KEY_ID` with `CRIA_SECRET_ACCESS_KEY` and, if any,
 * `CRIA_SESSION_TOKEN`; `CRIA_API_KEY`, with them or alone. They don't expire. An empty variable is as good as none.
 *
 * @throws {KeyEnvironmentError} a part is missing.
 */
export function environmentKeys(env: NodeJS.ProcessEnv): KeySet {
  const id = env["CRIA_ACCESS_KEY_ID"] ?? "";
  const secretAccessKey = env["CRIA_SECRET_ACCESS_KEY"] ?? "";
  const token = env["CRIA_SESSION_TOKEN"] ?? "";
  const apiKey = env["CRIA_API_KEY"] ?? "";
  if (id !== "" && secretAccessKey === "") {
    throw new KeyEnvironmentError("CRIA_SECRET_ACCESS_KEY", "must be set where CRIA_ACCESS_KEY_ID is");
  }
  if (id === "" && (secretAccessKey !== "" || token !== "")) {
    const other = secretAccessKey === "" ? "CRIA_SESSION_TOKEN" : "CRIA_SECRET_ACCESS_KEY";
    throw new KeyEnvironmentError("CRIA_ACCESS_KEY_ID", `must be set where ${other} is`);
  }
  const accessKeys = new Map<string, AccessKey>();
  if (id !== "") {
    accessKeys.set(id, {
      secretAccessKey,
      sessionToken: token === "" ? undefined : token,
      expiresAt: undefined,
    });
  }
  const apiKeys: ApiKey[] = apiKey === "" ? [] : [{ sha256: sha256(apiKey), expiresAt: undefined }];
  return { accessKeys, apiKeys };
}

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
  if (accessKeys.size === 0 && apiKeys.length === 0) throw new NoKeysError(file);
  return source;
}
