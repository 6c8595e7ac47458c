import { type Command, Option } from "commander";

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
