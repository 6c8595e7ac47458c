import { type Command, InvalidArgumentError } from "commander";

import type { ListedKey } from "../../server/index.js";
import { duration } from "../option-values.js";
import { print, printJson, table, tell } from "../output.js";
import { shellLines } from "../shell-lines.js";
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
export function defineKeys(program: Command): void {
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
    .action(createKeys);
  addKeysFileOption(keys.command("list"))
    .description("List the keys: id, name, when made, until when. No secrets.")
    .option("--json", "print one JSON array")
    .action(listAllKeys);
  addKeysFileOption(keys.command("rm"))
    .description("Remove keys: all of those named, or none.")
    .argument("<id...>", "access key ids")
    .action(removeNamedKeys);
}

/** Reads a name that a list can show. */
function label(text: string): string {
  if (text.trim() !== "" && text.length <= MAX_NAME_LENGTH && /^[^\p{C}]+$/u.test(text)) return text;
  throw new InvalidArgumentError(`It must be 1 to ${MAX_NAME_LENGTH} characters that can be seen.`);
}

/** `cria keys create`: makes a key and prints how a program gets it. */
async function createKeys(options: CreateKeyOptions): Promise<void> {
  const { clearedVariables, createKey, defaultKeyFile } = await import("../../server/index.js");
  const { keysFile = defaultKeyFile(), name, session, expiresIn, json } = options;
  const { stored, apiKey } = await createKey(keysFile, { name, session, expiresInMs: expiresIn });
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = stored;
  const told = { accessKeyId, secretAccessKey, sessionToken, apiKey, name, expiresAt, keysFile };
  await (json ? printJson(told) : print(exportLines(told, clearedVariables("none"))));
  const until = expiresAt === undefined ? "" : ` It holds until ${expiresAt}.`;
  tell(`the key ${accessKeyId} is in ${keysFile}.${until} Its API key isn't shown again.`);
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly apiKey: string;
}

/** What sets the pair in a shell, and nothing else there that an SDK would prefer. */
function exportLines(
  { accessKeyId, secretAccessKey, sessionToken, apiKey }: Credentials,
  preferred: ReadonlySet<string>,
): string {
  const values = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
  };
  const cleared = [...preferred].filter((name) => !Object.hasOwn(values, name));
  return [
    shellLines(values, cleared),
    "# Or the API key: an SDK sends it in place of a signature where it is set.\n",
    `# export AWS_BEARER_TOKEN_BEDROCK=${apiKey}\n`,
  ].join("");
}

/** `cria keys list`: the keys, without their secrets. */
async function listAllKeys(options: KeysOptions): Promise<void> {
  const { defaultKeyFile, listKeys } = await import("../../server/index.js");
  const { keysFile = defaultKeyFile(), json } = options;
  const keys = await listKeys(keysFile);
  if (keys.length === 0) tell(`there are no keys in ${keysFile}; \`cria keys create\` makes one.`);
  await (json ? printJson(keys) : print(table(keys.map(row))));
}

/** The name last, for it can have any width. */
function row({ accessKeyId, createdAt = "", session, name = "", ...key }: ListedKey): readonly string[] {
  return [accessKeyId, createdAt.slice(0, 10), until(key), session ? "session" : "", name];
}

function until({ expiresAt, expired }: Pick<ListedKey, "expiresAt" | "expired">): string {
  if (expiresAt === undefined) return "for ever";
  return expired ? "expired" : `until ${expiresAt.replace(/\.\d+/u, "")}`;
}

/** `cria keys rm`: those who have these keys may no longer call. */
async function removeNamedKeys(ids: readonly string[], options: KeysOptions): Promise<void> {
  const { defaultKeyFile, removeKeys } = await import("../../server/index.js");
  const { keysFile = defaultKeyFile() } = options;
  await removeKeys(keysFile, ids);
  tell(`removed ${ids.join(", ")} from ${keysFile}.`);
}
