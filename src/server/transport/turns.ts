import type { Exchange } from "./exchange.js";

/**
 * How many requests are started in one turn of the event loop, and for how long, in ms. In each turn Node accepts only one connection (libuv
 * 1.46, measured), so long turns would make new callers wait. In a millisecond some five requests are answered.
 */
const TURN_REQUESTS = 8;
const TURN_MS = 1;

/**
 * Starts requests, one of each connection in turn. So whoever sends a thousand at once delays the others by one request, not by a thousand; and
 * one that is reset before its turn comes costs nothing more.
 */
export class Turns {
  readonly #start: (exchange: Exchange) => void;
  /** The requests that wait, by their connection, whose turn comes in this order. */
  readonly #waiting = new Map<Exchange["connection"], Exchange[]>();
  /** How many they are, with those that have gone. */
  #requests = 0;
  /** The starts that are left in this turn. */
  #scheduled = 0;
  #turnBegan: number | undefined;

  /** @param start - starts a request */
  constructor(start: (exchange: Exchange) => void) {
    this.#start = start;
  }

  add(exchange: Exchange): void {
    const { connection } = exchange;
    const queue = this.#waiting.get(connection);
    if (queue) queue.push(exchange);
    else this.#waiting.set(connection, [exchange]);
    this.#requests += 1;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled > 0) return;
    this.#scheduled = Math.min(this.#requests, TURN_REQUESTS);
    this.#turnBegan = undefined;
    // one callback each: what a request does before it first waits runs between them, and counts
    for (let i = 0; i < this.#scheduled; i += 1) setImmediate(this.#take);
  }

  readonly #take = () => {
    const now = performance.now();
    this.#turnBegan ??= now;
    if (now - this.#turnBegan < TURN_MS) this.#startNext();
    this.#scheduled -= 1;
    this.#schedule();
  };

  #startNext(): void {
    // a connection that is set again comes last, so this goes round
    for (const [connection, queue] of this.#waiting) {
      const waiting = queue.length;
      let next = queue.shift();
      while (next?.isGone) next = queue.shift();
      this.#requests -= waiting - queue.length;
      this.#waiting.delete(connection);
      if (queue.length > 0) this.#waiting.set(connection, queue);
      if (!next) continue;
      this.#start(next);
      return;
    }
  }
}
