import { type LevelWithSilent, type Logger, pino, stdSerializers } from "pino";

import { printable, sentences } from "../../platform/index.js";

/** Options of {@link createLogger}. */
export interface LoggerOptions {
  /** The stream that lines are written to, such as `process.stderr`. */
  readonly destination: NodeJS.WritableStream;
  /** Write readable lines instead of JSON. @default false */
  readonly pretty?: boolean;
  /** The lowest level that is written. @default "info" */
  readonly level?: LevelWithSilent;
}

/** Fields left out of readable lines. */
const HIDDEN_WHEN_PRETTY = "pid,hostname,requestId,method,protocol,operation";

/** pino's own, with the words of an error and of its causes as sentences; pino puts a colon after the full stop. */
const serializers = {
  err: (error: unknown) =>
    error instanceof Error && error.cause instanceof Error
      ? { ...stdSerializers.err(error), message: sentences(...wordsOf(error)) }
      : stdSerializers.err(error as Error),
};

/** @param seen - those before it: an error may be its own cause */
function wordsOf(error: unknown, seen: readonly unknown[] = []): readonly string[] {
  if (!(error instanceof Error) || seen.includes(error)) return [];
  return [error.message, ...wordsOf(error.cause, [...seen, error])];
}

/** Creates a logger for {@link serve}: one line for each request, as JSON or readable. */
export async function createLogger({
  destination,
  pretty = false,
  level = "info",
}: LoggerOptions): Promise<Logger> {
  // raw in JSON are DEL, C1 and directions of text; escaped, they are the same JSON
  if (!pretty)
    return pino({ level, base: null, serializers, hooks: { streamWrite: printable } }, destination);
  // a stream in this thread: pino's transports start a worker thread
  const { default: prettyStream } = await import("pino-pretty");
  return pino(
    { level, serializers, hooks: { streamWrite: keepEscapes } },
    prettyStream({
      destination,
      ignore: HIDDEN_WHEN_PRETTY,
      translateTime: "SYS:HH:MM:ss",
      singleLine: true,
    }),
  );
}

/** An escaped backslash, or the escape of what {@link printable} writes out. */
const ESCAPE = /\\\\|\\u(?:00[0189][0-9a-f]|007f|202[a-e]|206[6-9])|\\[bf]|\\r(?!\\n)/giu;

/** Makes such escapes in a line of JSON part of its texts, so that whoever parses it gets them, and not the characters. */
function keepEscapes(line: string): string {
  return printable(line).replace(ESCAPE, (escape) => (escape === "\\\\" ? escape : `\\${escape}`));
}

/** A logger that writes nothing. */
export function silentLogger(): Logger {
  return pino({ level: "silent" });
}
