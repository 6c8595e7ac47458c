import { EngineBusyError } from "./errors.js";

/**
 * How long a request may wait for a sequence. The AWS SDK for Java gives up after 30 s without a byte and sends the request
 * again, so a refusal has to leave well before that.
 */
export const QUEUE_WAIT_MS = 20_000;

/**
 * How many requests may wait. Each holds a connection and its prompt (25 MB at most); with the default four sequences the
 * last of 64 could only be served within {@link QUEUE_WAIT_MS} if answers took about a second each.
 */
export const QUEUE_LENGTH = 64;

/** Bounds of the queue in front of an engine. */
export interface AdmissionOptions {
  /** Milliseconds a request may wait for a sequence. @default 20000 */
  readonly waitMs?: number;
  /** Requests that may wait. @default 64 */
  readonly length?: number;
}

interface Waiter {
  readonly admit: () => void;
}

/** The door in front of an engine's sequences: first come, first served, with a bounded queue and a bounded wait. */
export class Admission {
  readonly #waitMs: number;
  readonly #length: number;
  readonly #queue = new Set<Waiter>();
  #free: number;

  /** @param sequences - how many may be inside at once */
  constructor(sequences: number, options: AdmissionOptions = {}) {
    this.#free = sequences;
    this.#waitMs = options.waitMs ?? QUEUE_WAIT_MS;
    this.#length = options.length ?? QUEUE_LENGTH;
  }

  /** Requests that wait now. */
  get waiting(): number {
    return this.#queue.size;
  }

  /**
   * Waits for a free sequence.
   *
   * @param signal - gives the place in the queue up
   * @param waitMs - a shorter wait than usual, for a request that has waited for something else before
   * @returns a function that gives the sequence back; calling it again does nothing
   * @throws {EngineBusyError} the queue is full, or no sequence came free in time
   * @throws `signal.reason` once aborted
   */
  async enter(signal?: AbortSignal, waitMs = this.#waitMs): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(signal, waitMs);
    let inside = true;
    return () => {
      if (inside) this.#leave();
      inside = false;
    };
  }

  #wait(signal: AbortSignal | undefined, waitMs: number): Promise<void> {
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
      }, waitMs);
      signal?.addEventListener("abort", onAbort);
      this.#queue.add(waiter);
    });
  }

  #leave(): void {
    const [next] = this.#queue;
    if (next) next.admit();
    else this.#free += 1;
  }
}
