import { timerMs } from "../platform/index.js";
import { EngineBusyError } from "./errors.js";

interface Waiter {
  readonly admit: () => void;
}

/** A semaphore for an engine's sequences, with a bounded queue: first come, first served. */
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

  /**
   * Waits for a free sequence.
   *
   * @param waitMs - milliseconds to wait at most
   * @param signal - leaves the queue
   * @returns a function that gives the sequence back; calling it again does nothing
   * @throws {EngineBusyError} the queue is full, or no sequence came free in time.
   * @throws `signal.reason` once aborted.
   */
  async acquire(waitMs: number, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(waitMs, signal);
    let taken = true;
    return () => {
      if (taken) this.#release();
      taken = false;
    };
  }

  #wait(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#queue.size >= this.#length) {
      throw new EngineBusyError(`All sequences are busy and ${this.#length} requests wait already.`);
    }
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#queue.delete(waiter);
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      const waiter: Waiter = {
        admit: () => {
          settle();
          resolve();
        },
      };
      const onAbort = () => {
        settle();
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        settle();
        reject(new EngineBusyError(`No sequence came free within ${waitMs / 1000} s.`));
      }, timerMs(waitMs));
      signal?.addEventListener("abort", onAbort);
      this.#queue.add(waiter);
    });
  }

  #release(): void {
    const [next] = this.#queue;
    if (next) next.admit();
    else this.#free += 1;
  }
}
