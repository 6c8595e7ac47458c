/** Chunks that are remembered: the best of them is the rate, since a machine that was held up once isn't slow. */
const WINDOW_CHUNKS = 8;

/** The first chunk may wait for weights that are still on the disk, so it alone tells nothing. */
const MIN_CHUNKS = 2;

/** How long a rate is believed. Prompts refused for it measure nothing, so a wrong one would stay for ever. */
const RATE_TTL_MS = 300_000;

/** How fast this process evaluates prompts, measured as it does. */
export class PrefillRate {
  readonly #now: () => number;
  #chunks: number[] = [];
  #lastAt = -Infinity;

  /** @param now - a clock in milliseconds */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Notes a chunk, a whole one: a short one takes hardly less time. */
  add(tokens: number, ms: number): void {
    if (this.#now() - this.#lastAt > RATE_TTL_MS) this.#chunks = [];
    this.#lastAt = this.#now();
    this.#chunks = [...this.#chunks, (tokens * 1000) / Math.max(ms, 1)].slice(-WINDOW_CHUNKS);
  }

  /** In tokens a second; undefined before there is anything to go by. */
  get tokensPerSecond(): number | undefined {
    if (this.#chunks.length < MIN_CHUNKS || this.#now() - this.#lastAt > RATE_TTL_MS) return undefined;
    return Math.max(...this.#chunks);
  }
}
