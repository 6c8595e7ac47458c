import { type Command, InvalidArgumentError } from "commander";

import type { ListedKey } from "../../server/index.js";
import { duration } from "../option-values.js";
import { notify, print, printJson, table } from "../output.js";
import { commentLine, setLine, type Shell, shellLines } from "../shells.js";
import { addKeysFileOption } from "./auth-options.js";
import { addShellOption, type ShellOptions, shellSetting } from "./shell-options.js";

/** Options of every subcommand of `cria keys`. */
export interface KeysOptions {
  readonly keysFile?: string;
  readonly json?: boolean;
}

/** Options of `cria keys create`. */
export interface CreateKeyOptions extends KeysOptions, ShellOptions {
  readonly name?: string;
  readonly session?: boolean;
  /** Lifetime, in ms. */
  readonly expiresIn?: number;
}

/** In characters: `cria keys list` shows a name on one line. */
const MAX_NAME_LENGTH = 64;

const EXAMPLES = `
Examples:
  cria keys create --name laptop
  cria keys list
  cria keys rm CRIA2B3C4D5E6F7G2H3I

\`cria serve\` requires a key with --auth keys, and by default on a --host that other machines can
reach. A running server notices new and removed keys within a second.`;

const CREATE_EXAMPLES = `
Examples:
  cria keys create --name ci                 an access key for signing, and an API key
  cria keys create --session                 temporary credentials: with a session token, for 12 hours
  cria keys create --session --expires-in 1m to test how a program handles expired credentials
  eval "$(cria keys create)"                 set the variables in this shell
  cria keys create | Out-String | Invoke-Expression    the same in PowerShell

The lines to export go to stdout. The API key is stored only as a hash, so it is shown only once.`;

/** A file's mode has no effect on Windows. The default file is in the user's profile, whose folders are private. */
const WINDOWS_PERMISSIONS =
  "on Windows, the key file has the permissions of its folder. Make sure that other users can't read that.";

/** Defines `cria keys` and its subcommands. */
export function defineKeys(program: Command): void {
  const keys = program
    .command("keys")
    .description("Create, list and remove the keys that clients authenticate with.")
    .helpCommand(false)
    .addHelpText("after", EXAMPLES);
  addShellOption(addKeysFileOption(keys.command("create")))
    .description("Create an access key and an API key, and print the lines to export.")
    .option("--name <label>", "name of the key, for `cria keys list`", label)
    .option("--session", "add a session token, as temporary credentials have")
    .option(
      "--expires-in <time>",
      "lifetime, such as 90s, 15m, 12h or 30d (default: unlimited; with --session 12h)",
      duration,
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", CREATE_EXAMPLES)
    .action(createKeys);
  addKeysFileOption(keys.command("list"))
    .description("List the keys without their secrets: id, creation date, expiry, kind, name.")
    .option("--json", "print one JSON array")
    .action(listAllKeys);
  addKeysFileOption(keys.command("rm"))
    .description("Remove keys. If one of the ids is unknown, none is removed.")
    .argument("<id...>", "access key ids")
    .action(removeNamedKeys);
}

/** Parses a name that fits on a line of a terminal. */
function label(text: string): string {
  if (text.trim() !== "" && text.length <= MAX_NAME_LENGTH && /^[^\p{C}]+$/u.test(text)) return text;
  throw new InvalidArgumentError(
    `It must be 1 to ${MAX_NAME_LENGTH} characters, all printable and not only spaces.`,
  );
}

/** `cria keys create`: prints what makes a shell, or with `--json` a program, use the new key. */
async function createKeys(options: CreateKeyOptions): Promise<void> {
  const { clearedVariables, createKey, defaultKeyFile } = await import("../../server/index.js");
  const { keysFile = defaultKeyFile(), name, session, expiresIn, json } = options;
  const { stored, apiKey } = await createKey(keysFile, { name, session, expiresInMs: expiresIn });
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = stored;
  const created = { accessKeyId, secretAccessKey, sessionToken, apiKey, name, expiresAt, keysFile };
  const lines = exportLines(created, clearedVariables("none"), shellSetting(options));
  await (json ? printJson(created) : print(lines));
  const until = expiresAt === undefined ? "" : ` It expires at ${expiresAt}.`;
  notify(`saved the key ${accessKeyId} in ${keysFile}.${until} Its API key won't be shown again.`);
  if (process.platform === "win32" && options.keysFile !== undefined) notify(WINDOWS_PERMISSIONS);
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly apiKey: string;
}

/**
 * Commands for a shell that set the access key and unset all that an SDK would prefer to it.
 *
 * @param preferred - variables that an SDK may prefer
 * @param shell - the shell that reads them
 */
function exportLines(
  { accessKeyId, secretAccessKey, sessionToken, apiKey }: Credentials,
  preferred: ReadonlySet<string>,
  shell: Shell,
): string {
  const values = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
  };
  const cleared = [...preferred].filter((name) => !Object.hasOwn(values, name));
  return [
    shellLines(values, cleared, shell),
    `${commentLine("Or use the API key: where it is set, an SDK sends it instead of a signature.", shell)}\n`,
    `${commentLine(setLine("AWS_BEARER_TOKEN_BEDROCK", apiKey, shell), shell)}\n`,
  ].join("");
}

/** `cria keys list` */
async function listAllKeys(options: KeysOptions): Promise<void> {
  const { defaultKeyFile, listKeys } = await import("../../server/index.js");
  const { keysFile = defaultKeyFile(), json } = options;
  const keys = await listKeys(keysFile);
  if (keys.length === 0) notify(`there are no keys in ${keysFile}. \`cria keys create\` makes one.`);
  await (json ? printJson(keys) : print(table(keys.map(row))));
}

function row({ accessKeyId, createdAt = "", session, name = "", ...key }: ListedKey): readonly string[] {
  return [accessKeyId, createdAt.slice(0, 10), until(key), session ? "session" : "", name];
}

function until({ expiresAt, expired }: Pick<ListedKey, "expiresAt" | "expired">): string {
  if (expiresAt === undefined) return "no expiry";
  return expired ? "expired" : `until ${expiresAt.replace(/\.\d+/u, "")}`;
}

/** `cria keys rm` */
async function removeNamedKeys(ids: readonly string[], options: KeysOptions): Promise<void> {
  const { defaultKeyFile, removeKeys } = await import("../../server/index.js");
  const { keysFile = defaultKeyFile() } = options;
  await removeKeys(keysFile, ids);
  notify(`removed ${ids.join(", ")} from ${keysFile}.`);
}
