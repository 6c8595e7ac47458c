/** A process that served this long before it died isn't in a crash loop. */
const STABLE_MS = 10_000;

/** Pauses before a restart: none after a first crash, then a second, doubling up to half a minute. */
const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 30_000;

export interface Restart {
  /** Until the start. */
  readonly delayMs: number;
  /** What to add to the reason, so that a crash loop is known as one; "" outside of it. */
  readonly note: string;
}

/** When a process that ended is started again: at once, unless it keeps ending. */
export class RestartPolicy {
  readonly #now: () => number;
  #crashes = 0;
  #startedAt: number | undefined;

  /** @param now - a clock in milliseconds */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** It serves. */
  started(): void {
    this.#startedAt = this.#now();
  }

  /** It was ended on purpose, with nothing wrong about starting it again. */
  planned(): Restart {
    this.#startedAt = undefined;
    return { delayMs: 0, note: "" };
  }

  /** It died, or couldn't start. */
  crashed(): Restart {
    if (this.#startedAt !== undefined && this.#now() - this.#startedAt > STABLE_MS) this.#crashes = 0;
    this.#startedAt = undefined;
    this.#crashes += 1;
    if (this.#crashes === 1) return { delayMs: 0, note: "" };
    const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.#crashes - 2));
    return {
      delayMs,
      note: ` That was ${this.#crashes} times in a row, so the next start waits ${delayMs / 1000} s.`,
    };
  }
}
