/** A process that ran this long before it died isn't in a crash loop. */
const STABLE_MS = 10_000;

/** Pauses before a restart: none after the first crash, then 1 s, doubled each time up to 30 s. */
const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 30_000;

export interface Restart {
  /** Milliseconds until the process is started. */
  readonly delayMs: number;
  /** In a crash loop: a sentence that says so, to be added to the reason. Otherwise "". */
  readonly note: string;
}

/** Decides when a process that ended is started again: at once, unless it keeps crashing. */
export class RestartPolicy {
  readonly #now: () => number;
  #crashes = 0;
  #startedAt: number | undefined;

  /** @param now - a clock in milliseconds */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** The process is ready. */
  started(): void {
    this.#startedAt = this.#now();
  }

  /** The process was ended on purpose, so it can be started again at once. */
  planned(): Restart {
    this.#startedAt = undefined;
    return { delayMs: 0, note: "" };
  }

  /** The process died, or couldn't start. */
  crashed(): Restart {
    if (this.#startedAt !== undefined && this.#now() - this.#startedAt > STABLE_MS) this.#crashes = 0;
    this.#startedAt = undefined;
    this.#crashes += 1;
    if (this.#crashes === 1) return { delayMs: 0, note: "" };
    const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.#crashes - 2));
    return {
      delayMs,
      note: ` That was crash ${this.#crashes} in a row, so the next start is delayed by ${delayMs / 1000} s.`,
    };
  }
}
