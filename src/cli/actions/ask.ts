import { encodeNativeResponse, parseModelId } from "../../bedrock/index.js";
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

/** `cria "prompt"`: asks, and prints the answer as it comes. */
export async function ask(words: readonly string[], options: AskOptions): Promise<number> {
  checkOptions(options);
  // the SDK's wish for a newer Node is for those who chose the SDK, not for those who ask a llama
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const watch = new Stopwatch();
  const { signal } = watchInterrupts();
  const text = await readPrompt(words);
  await using where = await openTarget(options, signal);
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
async function openTarget(options: AskOptions, signal: AbortSignal) {
  const { on } = options;
  if (on !== "local") return { target: on as LlamaTarget, [Symbol.asyncDispose]: () => Promise.resolve() };
  const [{ serverOptions }, { startServer }] = await Promise.all([
    import("../server-options.js"),
    import("../start-server.js"),
  ]);
  // an id that names no model is refused by the server, in Bedrock's words
  const preload = parseModelId(options.model) ? [options.model] : undefined;
  // one answer needs one sequence
  const settings = { ...(await serverOptions({ ...options, sequences: 1 })), preload, port: 0 };
  const [server] = await Promise.all([startServer(settings, { signal }), preloadSdk()]);
  return {
    target: server as LlamaTarget,
    [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }),
  };
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
