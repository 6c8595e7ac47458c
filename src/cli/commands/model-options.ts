import { readFile } from "node:fs/promises";

import { type Command, Option } from "commander";

import type { Script } from "../../engine/index.js";
import type { ServeOptions } from "../../server/index.js";
import { UsageError } from "../errors.js";
import { byteSize, integerBetween } from "../option-values.js";

/** The options that say which model a server of ours serves. */
export interface ModelOptions {
  readonly modelFile?: string;
  readonly as?: string;
  readonly strict?: boolean;
}

/** Adds them to a command. */
export function addModelOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--model-file <file>", "the GGUF file to serve instead of the small default model").env(
        "CRIA_MODEL",
      ),
    )
    .option(
      "--as <id>",
      "the file is this model: its prompts reach it verbatim, with its own rule for the first token",
    )
    .option("--strict", "refuse to let another model stand in for the one asked for");
}

/** The options that say how a server of ours runs. */
export interface EngineOptions {
  readonly sequences?: number;
  readonly contextSize?: number;
  readonly threads?: number;
  readonly memoryBudget?: number;
  readonly preload?: readonly string[];
  readonly script?: string;
}

/** Bounds against slips of the keyboard; memory runs out long before. */
const MAX_SEQUENCES = 256;
const MAX_CONTEXT = 1_048_576;
const MAX_THREADS = 1024;

/** Adds them to a command. */
export function addEngineOptions(command: Command): Command {
  return command
    .option(
      "--sequences <n>",
      "answers that a model generates at once; more wait (default: 4, or fewer where memory is short)",
      integerBetween(1, MAX_SEQUENCES),
    )
    .option("--context-size <n>", "tokens of one prompt with its answer", integerBetween(16, MAX_CONTEXT))
    .option(
      "--threads <n>",
      "threads that compute (default: one a physical core that this process may use)",
      integerBetween(1, MAX_THREADS),
    )
    .option(
      "--memory-budget <size>",
      "memory of all models together, as in 12GB; the one used least recently goes (default: 3/4 of what there is)",
      byteSize,
    )
    .option(
      "--preload <ids...>",
      "load these models from the start (default: the stand-in, if no other is here)",
    )
    .option("--script <file>", "play the answers in this JSON file instead of running a model");
}

/**
 * The options of a command as `serve()` takes them.
 *
 * @throws {UsageError} options that don't go together, or a script that can't be read.
 */
export async function modelSettings(options: ModelOptions & EngineOptions): Promise<ServeOptions> {
  const { modelFile, as, strict, sequences, contextSize, threads, memoryBudget, preload, script } = options;
  if (as !== undefined && modelFile === undefined && script === undefined) {
    throw new UsageError(
      "--as says which model a file is: name the file too, as in `--model-file llama.gguf --as ID`.",
    );
  }
  if (script === undefined)
    return { modelFile, as, strict, sequences, contextSize, threads, memoryBudget, preload };
  const { createScriptedEngine } = await import("../../engine/index.js");
  return { engine: createScriptedEngine({ script: await readScript(script) }), as, strict };
}

/** One answer for every request, or several in turn: the shape of {@link Script}. */
async function readScript(file: string): Promise<Script | readonly Script[]> {
  const hint = 'A script looks like {"tokens": ["Hello", " there"], "delayMs": 50}, or is a list of such.';
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--script ${file} can't be read: ${reason}. ${hint}`, { cause: error });
  }
  if (isScript(value) || isScriptList(value)) return value;
  throw new UsageError(`--script ${file} holds no script. ${hint}`);
}

function isScriptList(value: unknown): value is readonly Script[] {
  return Array.isArray(value) && value.length > 0 && value.every(isScript);
}

function isScript(value: unknown): value is Script {
  return typeof value === "object" && value !== null && "tokens" in value && Array.isArray(value.tokens);
}
