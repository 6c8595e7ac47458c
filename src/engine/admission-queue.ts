import { timerMs } from "../platform/index.js";
import { EngineBusyError } from "./errors.js";

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (error: EngineBusyError) => void;
  readonly canUse: () => boolean;
}

/** How long, and on what terms, a request waits for a sequence. */
export interface AcquireOptions {
  /** Leaves the queue. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the request could use a sequence now. While it can't, it waits behind all that can. @default always */
  readonly canUse?: (() => boolean) | undefined;
}

/**
 * A semaphore for an engine's sequences, with a bounded queue: first come, first served, but for those that couldn't use a sequence
 * now.
 */
export class AdmissionQueue {
  readonly #sequences: number;
  readonly #length: number;
  readonly #queue = new Set<Waiter>();
  #free: number;

  /**
   * @param sequences - how many may be taken at once
   * @param length - how many requests may wait
   */
  constructor(sequences: number, length: number) {
    this.#sequences = sequences;
    this.#free = sequences;
    this.#length = length;
  }

  /** Number of requests that are waiting. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Number of sequences that are taken. */
  get taken(): number {
    return this.#sequences - this.#free;
  }

  /** Whether a request is waiting that could use a sequence now. */
  get isWanted(): boolean {
    return this.#first() !== undefined;
  }

  /**
   * Waits for a free sequence.
   *
   * @param waitMs - milliseconds to wait at most
   * @returns a function that gives the sequence back; calling it again does nothing
   * @throws {EngineBusyError} the queue is full, or no sequence came free in time.
   * @throws `signal.reason` once aborted.
   */
  async acquire(waitMs: number, options: AcquireOptions = {}): Promise<() => void> {
    options.signal?.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(waitMs, options);
    let taken = true;
    return () => {
      if (taken) this.#release();
      taken = false;
    };
  }

  #wait(waitMs: number, { signal, canUse = () => true }: AcquireOptions): Promise<void> {
    if (this.#queue.size >= this.#length) this.#makeRoom(canUse);
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#queue.delete(waiter);
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      const refuse = (error: EngineBusyError) => {
        settle();
        reject(error);
      };
      const waiter: Waiter = {
        admit: () => {
          settle();
          resolve();
        },
        refuse,
        canUse,
      };
      const onAbort = () => {
        settle();
        reject(signal?.reason);
      };
      const timer = setTimeout(
        () => refuse(new EngineBusyError(`No sequence came free within ${waitMs / 1000} s.`)),
        timerMs(waitMs),
      );
      signal?.addEventListener("abort", onAbort);
      this.#queue.add(waiter);
    });
  }

  /** Refuses the last of those that couldn't use a sequence now, for a request that can. */
  #makeRoom(canUse: () => boolean): void {
    const full = new EngineBusyError(`All sequences are busy and ${this.#length} requests wait already.`);
    const last = canUse() ? [...this.#queue].findLast((waiter) => !waiter.canUse()) : undefined;
    if (!last) throw full;
    last.refuse(full);
  }

  /** The first that could use a sequence now. */
  #first(): Waiter | undefined {
    for (const waiter of this.#queue) if (waiter.canUse()) return waiter;
    return undefined;
  }

  #release(): void {
    const [oldest] = this.#queue;
    const next = this.#first() ?? oldest;
    if (next) next.admit();
    else this.#free += 1;
  }
}
