import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

import { UsageError } from "./errors.js";
import { tell } from "./output.js";

/** Where text is piped in, unless it's a terminal. */
type Stdin = Readable & { readonly isTTY: boolean };

/** After so long without an end of a piped stdin, a person may wonder what is waited for, in ms. */
const NOTICE_MS = 2000;

/**
 * The text to ask: the words of the command line, what is piped in, or both: the words, an empty line, then the pipe.
 *
 * @throws {UsageError} there is nothing.
 */
export async function readPrompt(words: readonly string[], stdin: Stdin = process.stdin): Promise<string> {
  const argument = words.join(" ");
  const piped = stdin.isTTY ? "" : await readPipe(stdin);
  const parts = [argument, piped].filter((part) => part.trim() !== "");
  if (parts.length > 0) return parts.join("\n\n");
  throw new UsageError(
    'There is no prompt. Type what to ask, as in `cria "What is a llama?"`, or pipe it in. `cria --help` shows more.',
  );
}

async function readPipe(stdin: Stdin): Promise<string> {
  const notice = setTimeout(
    () => tell("reading the prompt from stdin until it ends; add `< /dev/null` if nothing will come"),
    NOTICE_MS,
  );
  try {
    return await text(stdin);
  } finally {
    clearTimeout(notice);
  }
}
