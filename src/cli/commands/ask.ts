import { setTimeout as sleep } from "node:timers/promises";

import type { Command } from "commander";

import type { LlamaOptions, LlamaStream, LlamaTarget } from "../../client/index.js";
import type { ServeOptions } from "../../server/index.js";
import { UsageError } from "../errors.js";
import { integerBetween, numberBetween, target } from "../option-values.js";
import { notify, print, standInNotice } from "../output.js";
import { readPrompt } from "../read-prompt.js";
import { type InterruptWatch, watchInterrupts } from "../signals.js";
import { startServer } from "../start-server.js";
import { Stopwatch } from "../stats.js";
import { addModelOptions, type ModelOptions, modelSettings } from "./model-options.js";

/** Options of `cria "prompt"`. */
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

/** The same as the client's, which isn't imported here because it takes long to load. */
const DEFAULT_MODEL_ID = "meta.llama2-13b-chat-v1";

/** llama.cpp takes seeds of 32 bits, and all ones means "random". */
const MAX_SEED = 2 ** 32 - 2;

/** More tokens than any chat template adds to the text of a conversation: role markers, a system prompt of its own, a date. */
const TEMPLATE_TOKENS = 1024;

/** Time for telling the engine's process what to load, in ms, before the import of the SDK blocks this process. */
const HEAD_START_MS = 20;

const EXAMPLES = `
Examples:
  cria "Describe the purpose of a 'hello world' program in one line."
  cria --system "Answer in French." --max-gen-len 60 "What is a llama?"
  cat notes.txt | cria "Sum this up in one sentence."
  cria --json --seed 7 --temperature 0 "Name a colour." | jq -r .generation
  cria --small "Hello"           with the small model (98 MB), where the answer doesn't matter
  cria --on aws --model us.meta.llama3-1-8b-instruct-v1:0 "Hello"

  cria run -- python app.py      run a program that calls Bedrock against a local model
  cria serve                     serve the Bedrock Runtime API on http://127.0.0.1:2742

The answer goes to stdout, everything else to stderr. Exit codes: 0 success, 1 failure,
2 wrong usage, 130 Ctrl-C. CRIA_HOME is the folder for models, engine and keys; CRIA_DEBUG=1
adds stack traces to errors.`;

/** Defines `cria "prompt"`. */
export function defineAsk(program: Command): void {
  program
    .description("Ask a Llama model and print its answer as it is generated.")
    .argument("[prompt...]", "what to ask; text piped to stdin is added")
    .option("-m, --model <id>", "Bedrock model id", DEFAULT_MODEL_ID)
    .option("-s, --system <text>", "system prompt: how the model should behave")
    .option(
      "-n, --max-gen-len <n>",
      "maximum number of tokens to generate, 1 to 2048 (default: 512)",
      integerBetween(1, 2048),
    )
    .option(
      "-t, --temperature <x>",
      "sampling temperature, 0 (always the likeliest token) to 1 (default: 0.5)",
      numberBetween(0, 1),
    )
    .option("--top-p <x>", "nucleus sampling, 0 to 1 (default: 0.9)", numberBetween(0, 1))
    .option(
      "--seed <n>",
      "make the answer repeatable; not with --on aws (default: random)",
      integerBetween(0, MAX_SEED),
    )
    .option("--raw", "send the text as the whole prompt, in the model's own prompt format")
    .option("--json", "print each chunk as a line of JSON, with Bedrock's keys")
    .option("--stats", "print token counts and speed to stderr at the end")
    .option("--on <where>", "where the model runs: local, aws, or the URL of a server", target, "local")
    .option(
      "--region <region>",
      "AWS region, with --on aws (default: AWS_REGION or that of your AWS profile)",
    );
  addModelOptions(program).addHelpText("after", EXAMPLES).action(ask);
}

/** `cria "prompt"` */
async function ask(words: readonly string[], options: AskOptions): Promise<void> {
  checkOptions(options);
  // the SDK's warning about old versions of Node is for programmers, not for users of this command
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const watch = new Stopwatch();
  const interrupts = watchInterrupts();
  const { signal } = interrupts;
  const text = await readPrompt(words);
  await using where = await openTarget(options, text, interrupts);
  const { streamLlama } = await import("../../client/index.js");
  const stream = streamLlama({ ...callOptions(options, text), on: where.target, signal });
  await printAnswer(stream, options, watch);
  await printHint(stream, options);
  if (options.stats) notify(watch.summary(stream.totals, stream.standIn ?? options.model));
}

/** @throws {UsageError} the options don't go together. */
function checkOptions(options: AskOptions): void {
  const { on, as, strict, small, kvCacheType, threads, raw, system, seed, region } = options;
  if (raw && system !== undefined) {
    throw new UsageError(
      "--system can't be used with --raw, which sends your text as the whole prompt. Write the system prompt into it.",
    );
  }
  const needsEngine =
    as !== undefined ||
    strict === true ||
    small === true ||
    kvCacheType !== undefined ||
    threads !== undefined;
  if (on !== "local" && needsEngine) {
    throw new UsageError(
      "--as, --strict, --small, --kv-cache-type and --threads need a model that runs on this machine. Leave out --on, or leave out these options.",
    );
  }
  if (on === "aws" && seed !== undefined) {
    throw new UsageError(
      "--seed can't be used with --on aws: Amazon Bedrock takes no seed. Use --temperature 0 instead.",
    );
  }
  if (on !== "aws" && region !== undefined) {
    throw new UsageError("--region needs --on aws: other targets have no region.");
  }
}

/** Where to send the request. A local model is started for it, and loads while the SDK is imported. */
async function openTarget(options: AskOptions, text: string, interrupts: InterruptWatch) {
  const { on } = options;
  if (on !== "local") return { target: on as LlamaTarget, [Symbol.asyncDispose]: () => Promise.resolve() };
  const { DEFAULT_CONTEXT_SIZE, startEngineProcessAhead } = await import("../../engine/index.js");
  startEngineProcessAhead();
  const { DEFAULT_MAX_GEN_LEN, parseModelId } = await import("../../bedrock/index.js");
  // an unknown id isn't preloaded: the request gets Bedrock's error for it
  const preload = parseModelId(options.model) ? [options.model] : undefined;
  // a larger context than this request can fill would delay the first token: the engine zeroes it all
  const needed = mostTokens(options.system, text, options.maxGenLen ?? DEFAULT_MAX_GEN_LEN);
  const settings: ServeOptions = {
    ...(await modelSettings(options)),
    sequences: 1,
    contextSize: needed < DEFAULT_CONTEXT_SIZE ? needed : undefined,
    preload,
    port: 0,
    onNotice: notify,
    onStandInDownload: ({ ended, giveUp }) => {
      notify("Ctrl-C goes on with the small model (98 MB) instead; its answers are often wrong.");
      const takeBack = interrupts.divert(giveUp);
      void ended.then(takeBack);
    },
  };
  const meanwhile = async () => {
    await sleep(HEAD_START_MS);
    const { preloadSdk } = await import("../../client/index.js");
    await preloadSdk();
  };
  const server = await startServer(settings, { signal: interrupts.signal, meanwhile });
  return {
    target: server as LlamaTarget,
    [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }),
  };
}

/** An upper bound of the tokens in prompt and answer: no token is shorter than a byte. */
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

/** The entries whose value is defined. */
function given<T extends object>(entries: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as never;
}

/** After an answer of the default stand-in on this machine: what gets the real model. Who chose a file knows. */
async function printHint({ standIn }: LlamaStream, { on, model, modelFile }: AskOptions): Promise<void> {
  if (standIn === undefined || on !== "local" || modelFile !== undefined) return;
  const { realModelHint } = await import("../real-model-hint.js");
  const hint = await realModelHint(model);
  if (hint !== undefined) notify(hint);
}

async function printAnswer(stream: LlamaStream, options: AskOptions, watch: Stopwatch): Promise<void> {
  const { encodeNativeResponse } = await import("../../bedrock/index.js");
  let last = "\n";
  let noticed = false;
  try {
    for await (const chunk of stream) {
      watch.onChunk(chunk.generation);
      if (!noticed && stream.standIn !== undefined) notify(standInNotice(stream.standIn, options.model));
      noticed = true;
      const part = options.json ? `${encodeNativeResponse(chunk)}\n` : chunk.generation;
      if (part === "") continue;
      await print(part);
      last = part;
    }
  } finally {
    // also after an error or Ctrl-C: what is printed next starts on a new line
    if (!last.endsWith("\n")) await print("\n");
  }
}
