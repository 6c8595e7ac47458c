import type { KnownModelEntry } from "../catalogue/index.js";

/** An attempt to fetch a model's file from one of its sources. */
export interface FetchJob {
  readonly entry: KnownModelEntry;
  /** Where the bytes go. Bytes that are already there may be continued from; in the end, the file is complete and verified. */
  readonly part: string;
  readonly env: NodeJS.ProcessEnv;
  /** The command that fetches the file, for error messages. */
  readonly command?: string | undefined;
  /** Called often, with the number of bytes so far. */
  readonly onBytes: (doneBytes: number) => void;
  readonly signal: AbortSignal;
  readonly limits: DownloadLimits;
}

/** The time limits and retries of a download. */
export interface DownloadLimits {
  /** Milliseconds until a connection must be established. */
  readonly connectMs: number;
  /** Milliseconds that a server may send nothing, before its response or during it. */
  readonly idleMs: number;
  /** Retries in a row that bring hardly any bytes. */
  readonly retries: number;
  /** Milliseconds before the first retry, doubled for each further one. */
  readonly retryDelayMs: number;
  /** The longest `Retry-After` to wait for, in milliseconds. If a server asks for more, the download fails. */
  readonly maxRetryAfterMs: number;
}

/**
 * A few seconds each, because a user waits at a terminal and there may be another source. A slow network delivers something
 * within ten seconds, and a connection takes one or two even across the world. A rate limit (429) comes with a `Retry-After`,
 * of which up to a minute is acceptable.
 */
export const DOWNLOAD_LIMITS: DownloadLimits = {
  connectMs: 5000,
  idleMs: 10_000,
  retries: 3,
  retryDelayMs: 500,
  maxRetryAfterMs: 60_000,
};
