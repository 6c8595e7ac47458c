import type { AuthMode } from "../server/index.js";
import type { AuthOptions } from "./commands/auth-options.js";
import { UsageError } from "./errors/usage-error.js";

/** Who may call, as `serve()` takes it. */
export interface AuthSettings {
  readonly auth?: AuthMode;
  readonly keysFile?: string;
}

/**
 * The options of a command as `serve()` takes them: a file of keys is named for them to be asked for.
 *
 * @throws {UsageError} options that don't go together.
 */
export function authSettings({ auth, keysFile }: AuthOptions): AuthSettings {
  if (keysFile === undefined) return auth === undefined ? {} : { auth };
  if (auth !== "none") return { auth: "keys", keysFile };
  throw new UsageError("--auth none looks at no keys: leave out --keys-file, or say `--auth keys`.");
}
