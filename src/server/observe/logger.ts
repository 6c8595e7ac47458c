import { type LevelWithSilent, type Logger, pino } from "pino";

/** What {@link createLogger} takes. */
export interface LoggerOptions {
  /** Where lines go, such as `process.stderr`. */
  readonly destination: NodeJS.WritableStream;
  /** Lines for people instead of JSON. @default false */
  readonly pretty?: boolean;
  /** The least level that is written. @default "info" */
  readonly level?: LevelWithSilent;
}

/** What no reader of a terminal needs on each line. */
const HIDDEN_WHEN_PRETTY = "pid,hostname,requestId,method,protocol,operation";

/** A logger for {@link serve}: one JSON line a request, or a readable one. */
export async function createLogger({
  destination,
  pretty = false,
  level = "info",
}: LoggerOptions): Promise<Logger> {
  if (!pretty) return pino({ level, base: null }, destination);
  // a stream in this thread: pino's transports would start a worker
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

/** For those who want none. */
export function silentLogger(): Logger {
  return pino({ level: "silent" });
}
