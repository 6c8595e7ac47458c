import { type Command, Option } from "commander";

import type { AuthMode } from "../../server/index.js";
import { UsageError } from "../errors.js";

/** The options that say who may call a server of ours. */
export interface AuthOptions {
  readonly auth?: "none" | "keys";
  readonly keysFile?: string;
}

/** Adds them to a command. */
export function addAuthOptions(command: Command): Command {
  return addKeysFileOption(
    command.addOption(
      new Option(
        "--auth <who>",
        "who may call: none for anyone, keys for those with a key (default: none, or keys where other machines reach --host)",
      ).choices(["none", "keys"]),
    ),
  );
}

/** Adds the option that says where the keys are. */
export function addKeysFileOption(command: Command): Command {
  return command.option("--keys-file <file>", "where the keys are (default: keys.json in CRIA_HOME)");
}

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
