import { type Command, Option } from "commander";

import type { AuthMode } from "../../server/index.js";
import { UsageError } from "../errors.js";

/** Options for who may call a server. */
export interface AuthOptions {
  readonly auth?: "none" | "keys";
  readonly keysFile?: string;
}

/** Adds {@link AuthOptions} to a command. */
export function addAuthOptions(command: Command): Command {
  return addKeysFileOption(
    command.addOption(
      new Option(
        "--auth <who>",
        "none: anyone may call; keys: only clients with a key (default: keys if other machines can reach --host, else none)",
      ).choices(["none", "keys"]),
    ),
  );
}

/** Adds `--keys-file` to a command. */
export function addKeysFileOption(command: Command): Command {
  return command.option(
    "--keys-file <file>",
    "file with the keys of clients (default: keys.json in CRIA_HOME)",
  );
}

/** {@link AuthOptions} as `serve()` takes them. */
export interface AuthSettings {
  readonly auth?: AuthMode;
  readonly keysFile?: string;
}

/**
 * The settings of a server. `--keys-file` implies `--auth keys`.
 *
 * @throws {UsageError} the options don't go together.
 */
export function authSettings({ auth, keysFile }: AuthOptions): AuthSettings {
  if (keysFile === undefined) return auth === undefined ? {} : { auth };
  if (auth !== "none") return { auth: "keys", keysFile };
  throw new UsageError("--auth none ignores keys. Leave out --keys-file, or use --auth keys.");
}
