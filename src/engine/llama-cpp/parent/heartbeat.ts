import type { Alive } from "../protocol.js";

/** Between two questions. */
const BEAT_MS = 1_000;

/** Questions at least before silence counts, however short the time allowed. */
const MIN_BEATS = 5;

export interface HeartbeatOptions {
  /** Asks the process for a sign of life; `heard` and `alive` are told what comes. */
  readonly ping: () => void;
  /** Milliseconds that it may be silent. */
  readonly frozenMs: number;
  /** More of them, for work it's known to have that leaves it no time to answer. */
  readonly extraMs: () => number;
  /** Milliseconds that it may be in one tick. */
  readonly batchMs: number;
  /** Told once, with a sentence for a person. */
  readonly onFrozen: (reason: string) => void;
}

/**
 * Notices when the engine process hangs: it doesn't answer at all (stopped, or its event loop blocked), or it answers but
 * llama.cpp doesn't come back from a batch.
 *
 * Time is counted in beats of this process, so that a time in which it couldn't listen itself, or the whole machine slept, isn't
 * held against the other.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #beatMs: number;
  #timer: NodeJS.Timeout | undefined;
  #heard = true;
  #silentBeats = 0;
  #tick: number | undefined;
  #tickBeats = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#beatMs = Math.min(BEAT_MS, options.frozenMs / MIN_BEATS, options.batchMs / MIN_BEATS);
  }

  /** Begins to ask. Keeps no program alive. */
  start(): void {
    this.#timer = setInterval(() => this.#beat(), this.#beatMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Anything came from the process. */
  heard(): void {
    this.#heard = true;
  }

  /** It said what it's doing. */
  alive({ ticks, ticking }: Alive): void {
    const tick = ticking ? ticks : undefined;
    if (tick !== this.#tick) this.#tickBeats = 0;
    this.#tick = tick;
  }

  #beat(): void {
    const { frozenMs, extraMs, batchMs, ping } = this.#options;
    if (this.#heard) {
      this.#heard = false;
      this.#silentBeats = 0;
      ping();
    } else {
      this.#silentBeats += 1;
    }
    this.#tickBeats = this.#tick === undefined ? 0 : this.#tickBeats + 1;
    if (this.#silentBeats * this.#beatMs >= frozenMs + extraMs()) {
      this.#report(`It didn't answer for ${(this.#silentBeats * this.#beatMs) / 1000} s`);
    } else if (this.#tickBeats * this.#beatMs >= batchMs) {
      this.#report(`llama.cpp didn't come back from a batch for ${batchMs / 1000} s`);
    }
  }

  #report(what: string): void {
    this.stop();
    this.#options.onFrozen(`The engine process hung. ${what}, so it was ended.`);
  }
}
