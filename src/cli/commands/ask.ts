import { setTimeout as sleep } from "node:timers/promises";

import type { Command } from "commander";

import type { LlamaOptions, LlamaStream, LlamaTarget } from "../../client/index.js";
import type { ServeOptions } from "../../server/index.js";
import { UsageError } from "../errors.js";
import { integerBetween, numberBetween, target } from "../option-values.js";
import { print, standInNotice, tell } from "../output.js";
import { readPrompt } from "../read-prompt.js";
import { watchInterrupts } from "../signals.js";
import { startServer } from "../start-server.js";
import { Stopwatch } from "../stats.js";
import { addModelOptions, type ModelOptions, modelSettings } from "./model-options.js";

/** What `cria "prompt"` takes. */
export interface AskOptions extends ModelOptions {
  readonly model: string;
  readonly system?: string;
  readonly maxGenLen?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly raw?: boolean;
  readonly json?: boolean;
  readonly stats?: boolean;
  readonly on: "local" | "aws" | `http://${string}`;
  readonly region?: string;
}

/** The model id asked for when none is given; `client` has the same, but importing it here would load the house. */
const DEFAULT_MODEL_ID = "meta.llama2-13b-chat-v1";

/** The largest seed llama.cpp takes: 32 bits, and all ones means "random". */
const MAX_SEED = 2 ** 32 - 2;

/** More than any model's own way to write a conversation adds to its text: the marks of its turns, a system text of its own, a date. */
const TEMPLATE_TOKENS = 1024;

/** Until the engine's process has been told what to load: an import holds up all else in this one. */
const HEAD_START_MS = 20;

const EXAMPLES = `
Examples:
  cria "Describe the purpose of a 'hello world' program in one line."
  cria --system "Answer in French." --max-gen-len 60 "What is a llama?"
  cat notes.txt | cria "Sum this up in one sentence."
  cria --json --seed 7 --temperature 0 "Name a colour." | jq -r .generation
  cria --on aws --model us.meta.llama3-1-8b-instruct-v1:0 "Hello"

  cria run -- python app.py      run a program that calls Bedrock, against a local model
  cria serve                     serve the Bedrock Runtime API on http://127.0.0.1:2742

The answer goes to stdout, everything else to stderr. Exit codes: 0 done, 1 failed,
2 wrong usage, 130 Ctrl-C. CRIA_HOME says where models are kept; CRIA_DEBUG=1 shows stacks.`;

/** Defines `cria "prompt"`. */
export function defineAsk(program: Command): void {
  program
    .description("Ask a Llama model and print its answer as it is generated.")
    .argument("[prompt...]", "what to ask; also read from a pipe")
    .option("-m, --model <id>", "Bedrock model id", DEFAULT_MODEL_ID)
    .option("-s, --system <text>", "how the model should behave")
    .option(
      "-n, --max-gen-len <n>",
      "tokens to generate at most, 1 to 2048 (default: 512)",
      integerBetween(1, 2048),
    )
    .option(
      "-t, --temperature <x>",
      "0 (always the likeliest token) to 1 (default: 0.5)",
      numberBetween(0, 1),
    )
    .option("--top-p <x>", "nucleus sampling, 0 to 1 (default: 0.9)", numberBetween(0, 1))
    .option("--seed <n>", "same seed, same answer; not on AWS", integerBetween(0, MAX_SEED))
    .option("--raw", "the text is the whole prompt, in the model's own format")
    .option("--json", "print one JSON object a token, in Bedrock's own keys")
    .option("--stats", "tell counts and speed on stderr when done")
    .option("--on <where>", "local, aws, or the URL of a server", target, "local")
    .option("--region <region>", "AWS region, with --on aws");
  addModelOptions(program).addHelpText("after", EXAMPLES).action(ask);
}

/** `cria "prompt"`: asks, and prints the answer as it comes. */
async function ask(words: readonly string[], options: AskOptions): Promise<void> {
  checkOptions(options);
  // the SDK's wish for a newer Node is for those who chose the SDK, not for those who ask a llama
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const watch = new Stopwatch();
  const { signal } = watchInterrupts();
  const text = await readPrompt(words);
  await using where = await openTarget(options, text, signal);
  const { streamLlama } = await import("../../client/index.js");
  const stream = streamLlama({ ...callOptions(options, text), on: where.target, signal });
  await printAnswer(stream, options, watch);
  if (options.stats) tell(watch.summary(stream.totals, stream.standIn ?? options.model));
}

/** @throws {UsageError} options that don't go together. */
function checkOptions({ on, as, strict, raw, system, seed, region }: AskOptions): void {
  if (raw && system !== undefined) {
    throw new UsageError(
      "--system can't go with --raw: a raw prompt is sent as it is. Write it into the prompt.",
    );
  }
  if (on !== "local" && (as !== undefined || strict)) {
    throw new UsageError(
      "--as and --strict are for the model in this process: leave out --on, or leave out these.",
    );
  }
  if (on === "aws" && seed !== undefined) {
    throw new UsageError(
      "--seed can't go with --on aws: Amazon Bedrock takes no seed. Use --temperature 0 instead.",
    );
  }
  if (on !== "aws" && region !== undefined) {
    throw new UsageError("--region goes with --on aws only: a local model is in no region.");
  }
}

/** Starts the local model where it's wanted. It loads while the SDK is imported, for both take their time. */
async function openTarget(options: AskOptions, text: string, signal: AbortSignal) {
  const { on } = options;
  if (on !== "local") return { target: on as LlamaTarget, [Symbol.asyncDispose]: () => Promise.resolve() };
  const { DEFAULT_CONTEXT_SIZE, startEngineProcessAhead } = await import("../../engine/index.js");
  startEngineProcessAhead();
  const { DEFAULT_MAX_GEN_LEN, parseModelId } = await import("../../bedrock/index.js");
  // an id that names no model is refused by the server, in Bedrock's words
  const preload = parseModelId(options.model) ? [options.model] : undefined;
  // one answer needs one sequence, and no more of a context than it can fill: that is zeroed before the first token
  const needed = mostTokens(options.system, text, options.maxGenLen ?? DEFAULT_MAX_GEN_LEN);
  const settings: ServeOptions = {
    ...(await modelSettings(options)),
    sequences: 1,
    contextSize: needed < DEFAULT_CONTEXT_SIZE ? needed : undefined,
    preload,
    port: 0,
  };
  const meanwhile = async () => {
    await sleep(HEAD_START_MS);
    const { preloadSdk } = await import("../../client/index.js");
    await preloadSdk();
  };
  const server = await startServer(settings, { signal, meanwhile });
  return {
    target: server as LlamaTarget,
    [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }),
  };
}

/** Tokens that prompt and answer can have: no token is shorter than a byte. */
function mostTokens(system = "", text: string, maxGenLen: number): number {
  return Buffer.byteLength(system) + Buffer.byteLength(text) + TEMPLATE_TOKENS + maxGenLen;
}

function callOptions(options: AskOptions, text: string): LlamaOptions {
  const { model: modelId, maxGenLen, temperature, topP, seed, region, raw, system } = options;
  const input = raw
    ? { prompt: text, raw }
    : { messages: [{ role: "user", content: text } as const], ...(system !== undefined && { system }) };
  return { modelId, ...given({ maxGenLen, temperature, topP, seed, region }), ...input };
}

/** The entries that have a value. */
function given<T extends object>(entries: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as never;
}

async function printAnswer(stream: LlamaStream, options: AskOptions, watch: Stopwatch): Promise<void> {
  const { encodeNativeResponse } = await import("../../bedrock/index.js");
  let last = "\n";
  let noticed = false;
  try {
    for await (const chunk of stream) {
      watch.chunk(chunk.generation);
      if (!noticed && stream.standIn !== undefined) tell(standInNotice(stream.standIn, options.model));
      noticed = true;
      const part = options.json ? `${encodeNativeResponse(chunk)}\n` : chunk.generation;
      if (part === "") continue;
      await print(part);
      last = part;
    }
  } finally {
    // what follows, a shell's prompt or an error, starts a line of its own; so does what was kept after Ctrl-C
    if (!last.endsWith("\n")) await print("\n");
  }
}
