import { type Command, Option } from "commander";

import { MAX_CONTEXT, MAX_SEQUENCES, MAX_THREADS } from "../../config/index.js";
import type { ServeOptions } from "../../server/index.js";
import { UsageError } from "../errors.js";
import { byteSize, integerBetween } from "../option-values.js";
import { scriptedEngine, type ScriptOptions } from "./script-options.js";

/** Options for which model answers. */
export interface ModelOptions {
  readonly modelFile?: string;
  readonly as?: string;
  readonly strict?: boolean;
  readonly small?: boolean;
  readonly kvCacheType?: "f16" | "q8_0";
  readonly threads?: number;
}

/** Adds {@link ModelOptions} to a command. */
export function addModelOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--model-file <file>", "GGUF file to use instead of the model that stands in").env(
        "CRIA_MODEL",
      ),
    )
    .option(
      "--as <id>",
      "Bedrock id of the model in the file: its prompts then reach it verbatim, without a stand-in's chat template",
    )
    .option(
      "--small",
      "let the small model stand in (98 MB; its answers are often wrong), as in CI, whatever `cria setup` chose",
    )
    .option(
      "--strict",
      "refuse requests for a model whose weights aren't here, instead of letting a stand-in answer",
    )
    .addOption(
      new Option(
        "--kv-cache-type <type>",
        "how keys and values are stored; q8_0 takes half of the memory (default: f16, or q8_0 if memory is short)",
      ).choices(["f16", "q8_0"]),
    )
    .option(
      "--threads <n>",
      "always compute with this many threads (default: one for each physical core, and fewer while other programs need the cores)",
      integerBetween(1, MAX_THREADS),
    );
}

/** Options for how models run. */
export interface EngineOptions extends ScriptOptions {
  readonly sequences?: number;
  readonly contextSize?: number;
  readonly memoryBudget?: number;
  readonly preload?: readonly string[];
}

/** Adds {@link EngineOptions} to a command. */
export function addEngineOptions(command: Command): Command {
  return command
    .option(
      "--sequences <n>",
      "requests that a model answers at once; others wait (default: 4, or fewer if memory is very short)",
      integerBetween(1, MAX_SEQUENCES),
    )
    .option(
      "--context-size <n>",
      "maximum tokens of prompt and answer together (default: 8192, or the model's own maximum if lower)",
      integerBetween(16, MAX_CONTEXT),
    )
    .option(
      "--memory-budget <size>",
      "memory for all models together, such as 12GB; if it is short, the least recently used model is unloaded (default: 3/4 of what this process may use)",
      byteSize,
    )
    .option(
      "--preload <ids...>",
      "models to load at startup (default: that of --as, or the stand-in if only it can answer)",
    );
}

/**
 * The options as `serve()` takes them.
 *
 * @throws {UsageError} the options don't go together, or the script can't be read or is wrong.
 */
export async function modelSettings(options: ModelOptions & EngineOptions): Promise<ServeOptions> {
  const {
    modelFile,
    as,
    strict,
    small,
    sequences,
    contextSize,
    kvCacheType,
    threads,
    memoryBudget,
    preload,
    script,
  } = options;
  if (as !== undefined && modelFile === undefined && script === undefined) {
    throw new UsageError("--as needs a model file, as in `--model-file llama.gguf --as ID`.");
  }
  if (small && (modelFile !== undefined || script !== undefined)) {
    throw new UsageError(
      "--small names a model, and so does --model-file (CRIA_MODEL) or --script. Leave one of them out.",
    );
  }
  if (small && strict) {
    throw new UsageError("--strict refuses every stand-in, and --small names one. Leave one of them out.");
  }
  if (script === undefined)
    return {
      modelFile,
      as,
      strict,
      small,
      sequences,
      contextSize,
      kvCacheType,
      threads,
      memoryBudget,
      preload,
    };
  return { engine: await scriptedEngine(script), as, strict };
}
