/** How long a download waits, and how often it tries again. */
export interface DownloadLimits {
  /** Milliseconds until a connection must stand. */
  readonly connectMs: number;
  /** Milliseconds a server may be silent, before its answer or in the middle. */
  readonly silenceMs: number;
  /** How often a cut is gone on from while hardly any bytes come. */
  readonly retries: number;
  /** Milliseconds before the first retry, doubled for each further one. */
  readonly retryDelayMs: number;
  /** Milliseconds a server may ask to wait; if it asks for more, it's given up. */
  readonly longestWaitMs: number;
}

/**
 * Seconds in all, as a person waits at a terminal and there may be another source. A slow network sends something within
 * ten seconds; a connection takes one or two even across the world. A server that is asked too often (429) names a wait: a
 * minute is still one.
 */
export const DOWNLOAD_LIMITS: DownloadLimits = {
  connectMs: 5000,
  silenceMs: 10_000,
  retries: 3,
  retryDelayMs: 500,
  longestWaitMs: 60_000,
};
