/** Number of recent chunks to consider. The fastest gives the rate: a machine that was busy for a moment isn't slow. */
const WINDOW_CHUNKS = 8;

/** Chunks needed for a rate: the first may have waited for weights to be read from disk. */
const MIN_CHUNKS = 2;

/** How long a rate is used. Refused prompts measure nothing, so a wrong rate would otherwise stay for ever. */
const RATE_TTL_MS = 300_000;

/** Measures how fast this process evaluates prompts. */
export class PrefillRate {
  readonly #now: () => number;
  #chunks: number[] = [];
  #lastAt = -Infinity;

  /** @param now - a clock in milliseconds */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Adds a full chunk. Short ones don't count: they take hardly less time. */
  add(tokens: number, ms: number): void {
    if (this.#now() - this.#lastAt > RATE_TTL_MS) this.#chunks = [];
    this.#lastAt = this.#now();
    this.#chunks = [...this.#chunks, (tokens * 1000) / Math.max(ms, 1)].slice(-WINDOW_CHUNKS);
  }

  /** Tokens per second; undefined before enough was measured. */
  get tokensPerSecond(): number | undefined {
    if (this.#chunks.length < MIN_CHUNKS || this.#now() - this.#lastAt > RATE_TTL_MS) return undefined;
    return Math.max(...this.#chunks);
  }
}
