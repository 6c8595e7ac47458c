import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

import { UsageError } from "./errors.js";
import { notify } from "./output.js";

type Stdin = Readable & { readonly isTTY: boolean };

/** If a piped stdin hasn't ended after this time, in ms, a notice says what is being waited for. */
const NOTICE_MS = 2000;

/**
 * The prompt: the words of the command line, what is piped in, or both, separated by an empty line.
 *
 * @throws {UsageError} both are empty.
 */
export async function readPrompt(
  words: readonly string[],
  stdin: Stdin = process.stdin,
  platform: NodeJS.Platform = process.platform,
): Promise<string> {
  const argument = words.join(" ");
  const piped = stdin.isTTY ? "" : await readPipe(stdin, platform);
  const parts = [argument, piped].filter((part) => part.trim() !== "");
  if (parts.length > 0) return parts.join("\n\n");
  throw new UsageError(
    'There is no prompt. Type one, as in `cria "What is a llama?"`, or pipe it in. `cria --help` shows more.',
  );
}

/** What to type where nothing is to be read from stdin. */
function withoutStdin(platform: NodeJS.Platform): string {
  return platform === "win32"
    ? "put `$null |` before the command (`< NUL` behind it in cmd) if there is none"
    : "add `< /dev/null` if there is none";
}

async function readPipe(stdin: Stdin, platform: NodeJS.Platform): Promise<string> {
  const notice = setTimeout(
    () => notify(`reading the rest of the prompt from stdin; ${withoutStdin(platform)}`),
    NOTICE_MS,
  );
  try {
    return await text(stdin);
  } finally {
    clearTimeout(notice);
  }
}
