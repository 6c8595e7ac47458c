import { type Command, Option } from "commander";

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
