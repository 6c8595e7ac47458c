import { setTimeout as sleep } from "node:timers/promises";

import { DEFAULT_MAX_GEN_LEN, encodeNativeResponse, parseModelId } from "../../bedrock/index.js";
import {
  preloadSdk,
  streamLlama,
  type LlamaOptions,
  type LlamaStream,
  type LlamaTarget,
} from "../../client/index.js";
import type { AskOptions } from "../commands/ask.js";
import { UsageError } from "../errors/usage-error.js";
import { ExitCode } from "../exit-code.js";
import { watchInterrupts } from "../interrupts.js";
import { print, tell } from "../output.js";
import { readPrompt } from "../read-prompt.js";
import { standInNotice } from "../stand-in-notice.js";
import { Stopwatch } from "../stats.js";

/** More than any model's own way to write a conversation adds to its text: the marks of its turns, a system text of its own, a date. */
const TEMPLATE_TOKENS = 1024;

/** Until the engine's process has been told what to load: an import holds up all else in this one. */
const HEAD_START_MS = 20;

/** `cria "prompt"`: asks, and prints the answer as it comes. */
export async function ask(words: readonly string[], options: AskOptions): Promise<number> {
  checkOptions(options);
  // the SDK's wish for a newer Node is for those who chose the SDK, not for those who ask a llama
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const watch = new Stopwatch();
  const { signal } = watchInterrupts();
  const text = await readPrompt(words);
  await using where = await openTarget(options, text, signal);
  const stream = streamLlama({ ...callOptions(options, text), on: where.target, signal });
  await printAnswer(stream, options, watch);
  if (options.stats) tell(watch.summary(stream.totals, stream.standIn ?? options.model));
  return ExitCode.ok;
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
  const [{ serverOptions }, { startServer }] = await Promise.all([
    import("../server-options.js"),
    import("../start-server.js"),
  ]);
  // an id that names no model is refused by the server, in Bedrock's words
  const preload = parseModelId(options.model) ? [options.model] : undefined;
  // one answer needs one sequence, and no more of a context than it can fill: that is zeroed before the first token
  const contextSize = mostTokens(options, text);
  const engine = { sequences: 1, ...(contextSize < DEFAULT_CONTEXT_SIZE && { contextSize }) };
  const settings = { ...(await serverOptions({ ...options, ...engine })), preload, port: 0 };
  const meanwhile = async () => {
    await sleep(HEAD_START_MS);
    await preloadSdk();
  };
  const server = await startServer(settings, { signal, meanwhile });
  return {
    target: server as LlamaTarget,
    [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }),
  };
}

/** Tokens that prompt and answer can have: no token is shorter than a byte. */
function mostTokens({ system = "", maxGenLen = DEFAULT_MAX_GEN_LEN }: AskOptions, text: string): number {
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
