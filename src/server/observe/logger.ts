import { type LevelWithSilent, type Logger, pino } from "pino";

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

/** Creates a logger for {@link serve}: one line for each request, as JSON or readable. */
export async function createLogger({
  destination,
  pretty = false,
  level = "info",
}: LoggerOptions): Promise<Logger> {
  if (!pretty) return pino({ level, base: null }, destination);
  // a stream in this thread: pino's transports start a worker thread
  const { default: prettyStream } = await import("pino-pretty");
  return pino(
    { level },
    prettyStream({
      destination,
      ignore: HIDDEN_WHEN_PRETTY,
      translateTime: "SYS:HH:MM:ss",
      singleLine: true,
    }),
  );
}

/** A logger that writes nothing. */
export function silentLogger(): Logger {
  return pino({ level: "silent" });
}
