import type { Alive } from "../protocol.js";

/** Milliseconds between two pings. */
const BEAT_MS = 1_000;

/** Beats that must pass before silence counts, however short the limit. */
const MIN_BEATS = 5;

export interface HeartbeatOptions {
  /** Sends a ping. The answer is reported with `heard` and `alive`. */
  readonly ping: () => void;
  /** Milliseconds that the process may be silent. */
  readonly frozenMs: number;
  /** Milliseconds that one tick may take. */
  readonly batchMs: number;
  /** Called once, with the reason in full sentences for the user. */
  readonly onFrozen: (reason: string) => void;
}

/**
 * Detects an engine process that hangs: it doesn't answer at all (stopped, or its event loop is blocked), or it answers but
 * llama.cpp doesn't return from a batch.
 *
 * Time is counted in beats of this process's timer. Time during which this process was blocked itself, or the whole machine was
 * suspended, therefore doesn't count.
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

  /** Starts to ping. Doesn't keep the program alive. */
  start(): void {
    this.#timer = setInterval(() => this.#beat(), this.#beatMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A message came from the process, of whatever type. */
  heard(): void {
    this.#heard = true;
  }

  /** The process answered a ping. */
  alive({ ticks, ticking }: Alive): void {
    const tick = ticking ? ticks : undefined;
    if (tick !== this.#tick) this.#tickBeats = 0;
    this.#tick = tick;
  }

  #beat(): void {
    const { frozenMs, batchMs, ping } = this.#options;
    if (this.#heard) {
      this.#heard = false;
      this.#silentBeats = 0;
      ping();
    } else {
      this.#silentBeats += 1;
    }
    this.#tickBeats = this.#tick === undefined ? 0 : this.#tickBeats + 1;
    if (this.#silentBeats * this.#beatMs >= frozenMs) {
      this.#report(`It didn't respond for ${(this.#silentBeats * this.#beatMs) / 1000} s`);
    } else if (this.#tickBeats * this.#beatMs >= batchMs) {
      this.#report(`llama.cpp didn't return from a batch for ${batchMs / 1000} s`);
    }
  }

  #report(what: string): void {
    this.stop();
    this.#options.onFrozen(`The engine process hung. ${what}, so it was killed.`);
  }
}
