import { type Command, InvalidArgumentError } from "commander";

import { duration } from "../duration.js";
import type { OnExitCode } from "../exit-code.js";
import { addKeysFileOption } from "./auth-options.js";

/** What each of `cria keys …` takes. */
export interface KeysOptions {
  readonly keysFile?: string;
  readonly json?: boolean;
}

/** What `cria keys create` takes. */
export interface CreateKeyOptions extends KeysOptions {
  readonly name?: string;
  readonly session?: boolean;
  /** In ms. */
  readonly expiresIn?: number;
}

/** A line of the list; a name that is longer says too much. */
const MAX_NAME_LENGTH = 64;

const EXAMPLES = `
Examples:
  cria keys create --name laptop
  cria keys list
  cria keys rm CRIA2B3C4D5E6F7G2H3I

A server asks for keys with \`cria serve --auth keys\`, and on a --host that other machines
can reach. One that runs knows of a new or a removed key within a second.`;

const CREATE_EXAMPLES = `
Examples:
  cria keys create --name ci                 a pair for signing, and an API key
  cria keys create --session                 as temporary credentials: with a token, for 12 hours
  cria keys create --session --expires-in 1m to see what a program does when they expire
  eval "$(cria keys create)"                 set right here

The lines to export go to stdout. The API key is kept only as a hash, so it can't be shown again.`;

/** Defines `cria keys` and what is below it. */
export function defineKeys(program: Command, onExitCode: OnExitCode): void {
  const keys = program
    .command("keys")
    .description("Make, list and remove the keys of those who may call.")
    .helpCommand(false)
    .addHelpText("after", EXAMPLES);
  addKeysFileOption(keys.command("create"))
    .description("Make an access key and an API key, and print the lines to export.")
    .option("--name <label>", "what to call it", label)
    .option("--session", "with a session token, as temporary credentials have")
    .option(
      "--expires-in <time>",
      "how long it holds, as in 90s, 15m, 12h, 30d (default: for ever; with --session 12h)",
      duration,
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", CREATE_EXAMPLES)
    .action(async (options: CreateKeyOptions) => {
      const { createKeys } = await import("../actions/keys-create.js");
      onExitCode(await createKeys(options));
    });
  addKeysFileOption(keys.command("list"))
    .description("List the keys: id, name, when made, until when. No secrets.")
    .option("--json", "print one JSON array")
    .action(async (options: KeysOptions) => {
      const { listAllKeys } = await import("../actions/keys-list.js");
      onExitCode(await listAllKeys(options));
    });
  addKeysFileOption(keys.command("rm"))
    .description("Remove keys: all of those named, or none.")
    .argument("<id...>", "access key ids")
    .action(async (ids: string[], options: KeysOptions) => {
      const { removeNamedKeys } = await import("../actions/keys-rm.js");
      onExitCode(await removeNamedKeys(ids, options));
    });
}

/** Reads a name that a list can show. */
function label(text: string): string {
  if (text.trim() !== "" && text.length <= MAX_NAME_LENGTH && /^[^\p{C}]+$/u.test(text)) return text;
  throw new InvalidArgumentError(`It must be 1 to ${MAX_NAME_LENGTH} characters that can be seen.`);
}
