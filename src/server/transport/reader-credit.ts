/**
 * What each reader begins with, in ms. A program that doesn't run for a moment (a collection of garbage, a busy machine) still has its window
 * and its buffers, which take bytes meanwhile; only an engine that is faster than any model fills those in less.
 */
const FIRST_MS = 500;

/** Bytes that earn a millisecond: 1 KiB/s is four tokens a second, half as fast as people read. */
const BYTES_PER_MS = 1.024;

/**
 * How long a reader may keep its sequence standing still while others wait for one. It is earned by reading: as long as the generation ran and the
 * reader kept up, and by what it takes later. So whoever asks only to hold a sequence gets little more of it than one who reads, however often
 * he comes back.
 */
export class ReaderCredit {
  readonly #mostMs: number;
  #ms: number;

  /** @param mostMs - the most that can be earned */
  constructor(mostMs: number) {
    this.#mostMs = mostMs;
    this.#ms = Math.min(FIRST_MS, mostMs);
  }

  /** Whether nothing is left. */
  get isUsedUp(): boolean {
    return this.#ms <= 0;
  }

  /** Notes that the generation ran for a time, and how much the reader took of it. */
  ran(ms: number, bytes: number): void {
    this.#add(Math.min(ms, bytes / BYTES_PER_MS));
  }

  /** Notes that the generation stood still for a time, and how much the reader took meanwhile of what was unread. */
  stoodStill(ms: number, bytes: number): void {
    this.#add(bytes / BYTES_PER_MS - ms);
  }

  #add(ms: number): void {
    this.#ms = Math.min(this.#mostMs, Math.max(0, this.#ms + ms));
  }
}
