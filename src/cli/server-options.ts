import { readFile } from "node:fs/promises";

import { createScriptedEngine, type Script } from "../engine/index.js";
import { operationNames, parseFault, type ServeOptions } from "../server/index.js";
import type { FaultOptions } from "./commands/fault-options.js";
import type { EngineOptions, ModelOptions } from "./commands/model-options.js";
import { UsageError } from "./errors/usage-error.js";

/**
 * The options of a command as `serve()` takes them.
 *
 * @throws {UsageError} options that don't go together, or a script that can't be read.
 * @throws {InvalidFaultError} a fault in other words than those it has.
 */
export async function serverOptions(
  options: ModelOptions & EngineOptions & FaultOptions,
): Promise<ServeOptions> {
  const { modelFile, as, strict, sequences, contextSize, threads, memoryBudget, preload, script } = options;
  if (as !== undefined && modelFile === undefined && script === undefined) {
    throw new UsageError(
      "--as says which model a file is: name the file too, as in `--model-file llama.gguf --as ID`.",
    );
  }
  const faults = options.fault?.map((text) => parseFault(text, operationNames));
  return {
    ...(script === undefined
      ? { modelFile, sequences, contextSize, threads, memoryBudget, preload }
      : { engine: createScriptedEngine({ script: await readScript(script) }) }),
    as,
    strict,
    faults,
  };
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
