import { readFile } from "node:fs/promises";

import { type Command, InvalidArgumentError } from "commander";

import type { ServeOptions, UpstreamServer } from "../../server/index.js";
import { UsageError } from "../errors.js";

const DIALECTS = ["vllm", "llama-server", "ollama", "openai"] as const;

/** More than any server generates at once. It only catches typing errors. */
const MAX_STREAMS = 100_000;

/** A server as it was written. */
interface UpstreamText extends Omit<UpstreamServer, "key"> {
  readonly keyEnv?: string;
  readonly keyFile?: string;
}

/** Options for servers that answer in place of this machine. */
export interface UpstreamOptions {
  /** A server for each model's id. */
  readonly upstream?: Readonly<Record<string, UpstreamText>>;
}

/** Adds {@link UpstreamOptions} to a command. */
export function addUpstreamOption(command: Command): Command {
  return command.option(
    "--upstream <id=url>",
    "a completions server that answers for a model: vLLM, llama-server, Ollama, or any with OpenAI's /v1/completions; may be given several times. " +
      "After the URL, with commas between: model=NAME where the server has several, dialect=vllm|llama-server|ollama|openai instead of asking it, " +
      "key-env=VARIABLE or key-file=FILE with its key, ca-file=FILE, streams=N at once (default: 256)",
    addUpstream,
  );
}

const EXAMPLE = "meta.llama3-3-70b-instruct-v1:0=https://vllm.internal/v1";

function addUpstream(
  text: string,
  before: Readonly<Record<string, UpstreamText>> = {},
): Readonly<Record<string, UpstreamText>> {
  const at = text.indexOf("=");
  const id = text.slice(0, Math.max(0, at));
  const [url = "", ...settings] = text.slice(at + 1).split(",");
  if (id === "" || !/^https?:\/\/./u.test(url) || !URL.canParse(url)) {
    throw new InvalidArgumentError(`It must be ID=URL, such as ${EXAMPLE}.`);
  }
  const { username, password } = new URL(url);
  if (username !== "" || password !== "") {
    throw new InvalidArgumentError(
      "A key doesn't belong on the command line: use key-env=VARIABLE or key-file=FILE.",
    );
  }
  if (Object.hasOwn(before, id)) throw new InvalidArgumentError(`${id} has a server already.`);
  const server = settings.reduce<UpstreamText>((all, each) => ({ ...all, ...setting(each) }), { url });
  return { ...before, [id]: server };
}

function setting(text: string): Partial<UpstreamText> {
  const at = text.indexOf("=");
  const [name, value] = at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
  if (value === "") throw new InvalidArgumentError(`"${text}" has no value: it must be NAME=VALUE.`);
  switch (name) {
    case "model":
      return { model: value };
    case "dialect": {
      const dialect = DIALECTS.find((each) => each === value);
      if (dialect) return { dialect };
      throw new InvalidArgumentError(`There is no dialect ${value}. There are ${DIALECTS.join(", ")}.`);
    }
    case "key-env":
      return { keyEnv: value };
    case "key-file":
      return { keyFile: value };
    case "ca-file":
      return { caFile: value };
    case "streams": {
      const streams = Number(value);
      if (Number.isInteger(streams) && streams >= 1 && streams <= MAX_STREAMS) return { streams };
      throw new InvalidArgumentError(`streams must be a whole number from 1 to ${MAX_STREAMS}.`);
    }
    default:
      throw new InvalidArgumentError(
        `"${text}" isn't a setting of a server. There are model, dialect, key-env, key-file, ca-file and streams.`,
      );
  }
}

/**
 * The options as `serve()` takes them.
 *
 * @throws {UsageError} a key can't be read.
 */
export async function upstreamSettings({
  upstream,
}: UpstreamOptions): Promise<Pick<ServeOptions, "upstreams">> {
  if (upstream === undefined) return {};
  const servers = Object.entries(upstream).map(
    async ([id, { keyEnv, keyFile, ...server }]): Promise<[string, UpstreamServer]> => {
      return [id, { ...server, key: await readKey(id, keyEnv, keyFile) }];
    },
  );
  return { upstreams: Object.fromEntries(await Promise.all(servers)) };
}

async function readKey(id: string, variable?: string, file?: string): Promise<string | undefined> {
  if (variable !== undefined && file !== undefined) {
    throw new UsageError(`The server of ${id} has a key-env and a key-file. Leave one of them out.`);
  }
  if (variable !== undefined) {
    const key = process.env[variable];
    if (key !== undefined && key !== "") return key;
    throw new UsageError(
      `The key of the server of ${id} isn't there: the variable ${variable} is empty or not set.`,
    );
  }
  if (file === undefined) return undefined;
  try {
    const key = (await readFile(file, "utf8")).trim();
    if (key !== "" && !/\s/u.test(key)) return key;
  } catch (error) {
    throw new UsageError(`The key of the server of ${id} can't be read from ${file}.`, { cause: error });
  }
  throw new UsageError(`${file} must hold the key of the server of ${id}, and nothing else.`);
}
