import { readFile } from "node:fs/promises";

import type { Command } from "commander";

import { REGION } from "../../bedrock/index.js";
import { MAX_RETRIES, MAX_STREAMS, MAX_WAIT_MS } from "../../config/index.js";
import { serverUrlProblem } from "../../platform/index.js";
import type { BedrockUpstream, ServeOptions, UpstreamServer } from "../../server/index.js";
import { UsageError } from "../errors.js";
import { keyIn } from "../option-values.js";

const DIALECTS = ["vllm", "llama-server", "ollama", "openai"] as const;

const MAX_TIMEOUT_S = MAX_WAIT_MS / 1000;

/** A server as it was written. */
interface ServerText extends Omit<UpstreamServer, "key"> {
  readonly keyEnv?: string;
  readonly keyFile?: string;
}

/** Amazon as it was written. Without a region, the environment's is meant. */
type AmazonText = Omit<BedrockUpstream, "bedrock"> & { readonly bedrock: string | undefined };

type UpstreamText = ServerText | AmazonText;

/** Options for who answers in place of this machine. */
export interface UpstreamOptions {
  /** For each model's id, in the order in which they are asked. */
  readonly upstream?: Readonly<Record<string, readonly UpstreamText[]>>;
}

/** Adds {@link UpstreamOptions} to a command. */
export function addUpstreamOption(command: Command): Command {
  return command.option(
    "--upstream <id=url>",
    "a completions server that answers for a model (vLLM, llama-server, Ollama, or any with OpenAI's /v1/completions), or `bedrock` for Amazon Bedrock itself; may be given several times, " +
      "and for one model too: the next is asked when the one before can't take a request. " +
      "After the URL, with commas between: model=NAME where the server has several, dialect=vllm|llama-server|ollama|openai instead of asking it, " +
      "key-env=VARIABLE or key-file=FILE with its key, ca-file=FILE, streams=N at once (default: 256), vision=yes|no where it doesn't say itself whether its model sees images, " +
      "silence=SECONDS between two tokens after which an answer is given up (default: 60), first-token=SECONDS before the first (default: 300). " +
      "After `bedrock`: region=REGION (default: AWS_REGION), profile=NAME, retries=N (default: 0), endpoint=URL, ca-file=FILE, timeout=SECONDS of silence (default: 600)",
    addUpstream,
  );
}

const FORM =
  "be ID=URL, such as meta.llama3-3-70b-instruct-v1:0=https://vllm.internal/v1, or ID=bedrock,region=us-west-2 for Amazon Bedrock itself.";

/** Whatever is wrong: commander's own error would repeat the whole text, and people write keys in it. */
function refuse(id: string, problem: string): never {
  throw new UsageError(`--upstream ${id}: ${problem}`);
}

function addUpstream(
  text: string,
  before: Readonly<Record<string, readonly UpstreamText[]>> = {},
): Readonly<Record<string, readonly UpstreamText[]>> {
  const at = text.indexOf("=");
  const id = text.slice(0, Math.max(0, at));
  const [target = "", ...settings] = text.slice(at + 1).split(",");
  // a URL without an id has other characters
  if (!/^[\w.:/-]+$/u.test(id) || id.includes("//")) {
    throw new UsageError(`--upstream must ${FORM}`);
  }
  const earlier = Object.hasOwn(before, id) ? before[id] : undefined;
  const upstream = target === "bedrock" ? amazon(id, settings) : server(id, target, settings);
  return { ...before, [id]: [...(earlier ?? []), upstream] };
}

/** @param advice - where a key goes instead */
function checkUrl(id: string, name: string, url: string, advice: string): void {
  const problem = serverUrlProblem(url);
  if (problem === undefined) return;
  refuse(id, `${name} ${problem.words}.${problem.isUrl ? ` ${advice}` : ""}`);
}

const KEY_ADVICE = "A key doesn't belong on the command line: use key-env=VARIABLE or key-file=FILE.";
const CREDENTIALS_ADVICE =
  "Credentials don't belong on the command line: Cria finds them as an AWS SDK does, in a profile (profile=NAME) among others.";

function server(id: string, url: string, settings: readonly string[]): ServerText {
  if (serverUrlProblem(url)?.isUrl === false) refuse(id, `It must ${FORM}`);
  checkUrl(id, "the URL", url, KEY_ADVICE);
  return { url, ...readEach(id, settings, serverSetting) };
}

function amazon(id: string, settings: readonly string[]): AmazonText {
  return { bedrock: undefined, ...readEach(id, settings, amazonSetting) };
}

/** Reads the settings, each of which may be given once. */
function readEach<T extends object>(
  id: string,
  settings: readonly string[],
  read: (id: string, text: string) => Partial<T>,
): Partial<T> {
  const all: Partial<T> = {};
  for (const text of settings) {
    const setting = read(id, text);
    const isThere = Object.keys(setting).some((name) => Object.hasOwn(all, name));
    // its name is one of those that there are, so it is no key
    if (isThere) refuse(id, `${split(id, text)[0]} is given twice. Leave one of them out.`);
    Object.assign(all, setting);
  }
  return all;
}

/** Splits NAME=VALUE. */
function split(id: string, text: string): readonly [name: string, value: string] {
  const at = text.indexOf("=");
  const [name, value] = at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
  if (value === "") refuse(id, "each setting must be NAME=VALUE, with a comma before it.");
  return [name, value];
}

function wholeNumber(id: string, name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  return refuse(id, `${name} must be a whole number from ${least} to ${most}.`);
}

function amazonSetting(id: string, text: string): Partial<AmazonText> {
  const [name, value] = split(id, text);
  switch (name) {
    case "region":
      if (!REGION.test(value)) refuse(id, "region must be a region of AWS, such as us-west-2.");
      return { bedrock: value };
    case "profile":
      return { profile: value };
    case "retries":
      return { retries: wholeNumber(id, name, value, 0, MAX_RETRIES) };
    case "endpoint":
      checkUrl(id, "endpoint", value, CREDENTIALS_ADVICE);
      return { endpoint: value };
    case "ca-file":
      return { caFile: value };
    case "timeout":
      return { timeoutMs: wholeNumber(id, name, value, 1, MAX_TIMEOUT_S) * 1000 };
    default:
      return refuse(
        id,
        `${name} isn't a setting of Amazon Bedrock. There are region, profile, retries, endpoint, ca-file and timeout.`,
      );
  }
}

function serverSetting(id: string, text: string): Partial<ServerText> {
  const [name, value] = split(id, text);
  switch (name) {
    case "model":
      return { model: value };
    case "dialect": {
      const dialect = DIALECTS.find((each) => each === value);
      if (dialect) return { dialect };
      return refuse(id, `there is no such dialect. There are ${DIALECTS.join(", ")}.`);
    }
    case "key-env":
      return { keyEnv: value };
    case "key-file":
      return { keyFile: value };
    case "ca-file":
      return { caFile: value };
    case "streams":
      return { streams: wholeNumber(id, name, value, 1, MAX_STREAMS) };
    case "vision":
      if (value !== "yes" && value !== "no") refuse(id, "vision must be yes or no.");
      return { vision: value === "yes" };
    case "silence":
      return { silenceMs: wholeNumber(id, name, value, 1, MAX_TIMEOUT_S) * 1000 };
    case "first-token":
      return { firstTokenMs: wholeNumber(id, name, value, 1, MAX_TIMEOUT_S) * 1000 };
    default:
      return refuse(
        id,
        `${name} isn't a setting of a server. There are model, dialect, key-env, key-file, ca-file, streams, vision, silence and first-token.`,
      );
  }
}

/**
 * The options as `serve()` takes them.
 *
 * @throws {UsageError} a key can't be read, or no region is known.
 */
export async function upstreamSettings({
  upstream,
}: UpstreamOptions): Promise<Pick<ServeOptions, "upstreams">> {
  if (upstream === undefined) return {};
  const models = Object.entries(upstream).map(async ([id, texts]) => {
    const [first, ...more] = await Promise.all(texts.map((each) => complete(id, each)));
    return [id, first !== undefined && more.length === 0 ? first : [first, ...more]] as const;
  });
  return { upstreams: Object.fromEntries(await Promise.all(models)) as ServeOptions["upstreams"] };
}

/** Adds what isn't on the command line: a key, or the environment's region. */
async function complete(id: string, text: UpstreamText): Promise<UpstreamServer | BedrockUpstream> {
  if ("bedrock" in text) return { ...text, bedrock: text.bedrock ?? regionFor(id) };
  const { keyEnv, keyFile, ...server } = text;
  return { ...server, key: await readKey(id, keyEnv, keyFile) };
}

function regionFor(id: string): string {
  const region = process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"] ?? "";
  if (REGION.test(region)) return region;
  if (region !== "")
    refuse(
      id,
      "AWS_REGION must hold a region of AWS, such as us-west-2. Or write region=us-west-2 after `bedrock`.",
    );
  throw new UsageError(
    `In which region does Amazon Bedrock answer for ${id}? Write --upstream ${id}=bedrock,region=us-west-2, or set AWS_REGION.`,
  );
}

async function readKey(id: string, variable?: string, file?: string): Promise<string | undefined> {
  if (variable !== undefined && file !== undefined) {
    throw new UsageError(`The server of ${id} has a key-env and a key-file. Leave one of them out.`);
  }
  if (variable !== undefined) {
    const text = process.env[variable] ?? "";
    const key = keyIn(text);
    if (key !== undefined) return key;
    throw new UsageError(
      text.trim() === ""
        ? `The key of the server of ${id} isn't there: the variable ${variable} is empty or not set.`
        : `The variable ${variable} must hold the key of the server of ${id}, and nothing else.`,
    );
  }
  if (file === undefined) return undefined;
  try {
    const key = keyIn(await readFile(file, "utf8"));
    if (key !== undefined) return key;
  } catch (error) {
    throw new UsageError(`The key of the server of ${id} can't be read from ${file}.`, { cause: error });
  }
  throw new UsageError(`${file} must hold the key of the server of ${id}, and nothing else.`);
}
