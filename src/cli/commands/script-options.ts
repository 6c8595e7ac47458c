import { readFile } from "node:fs/promises";

import type { Command } from "commander";

import type { Engine, Script } from "../../engine/index.js";
import { UsageError } from "../errors.js";

/** Options for answers from a file. */
export interface ScriptOptions {
  readonly script?: string;
}

const HELP = `
Scripts, to test a program without a model. FILE holds one of these, in JSON:
  {"text": "Hello there"}                        the same answer to every request
  {"tokens": ["Hello", " there"], "delayMs": 50}
  {"toolCall": {"name": "add", "input": {"a": 2, "b": 3}}}
  {"when": "Paris", "text": "Sunny."}            only to a prompt that contains "Paris"
  [{"toolCall": …}, {"text": …}]                 one after the other, then from the first again
docs/scripts.md describes every key.`;

/** Adds {@link ScriptOptions} to a command, and to its help what a script is. */
export function addScriptOption(command: Command): Command {
  return command
    .option("--script <file>", "play the answers in this file instead of running a model, as described below")
    .addHelpText("after", HELP);
}

const LOOKS =
  'A script looks like {"text": "Hello"} or {"tokens": ["Hello", " there"]}, or is a list of these.';

/**
 * An engine that plays a file: one script for every request, or a list of scripts.
 *
 * @throws {UsageError} the file can't be read, or a script is wrong.
 */
export async function scriptedEngine(file: string): Promise<Engine> {
  const { createScriptedEngine, ScriptError } = await import("../../engine/index.js");
  try {
    // Windows' editors and shells begin a file with a byte order mark, which isn't JSON
    const json = (await readFile(file, "utf8")).replace(/^\ufeff/u, "");
    // the engine checks what it gets
    return createScriptedEngine({ script: JSON.parse(json) as Script });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const what = error instanceof ScriptError ? reason : `It can't be read: ${reason}. ${LOOKS}`;
    throw new UsageError(`--script ${file}: ${what} docs/scripts.md describes every key.`, { cause: error });
  }
}
