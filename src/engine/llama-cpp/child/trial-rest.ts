/** What was tried in vain isn't tried again for this many times as long as it took: it may cost a tenth of the time at most. */
const REST = 10;

/** Longest time until something is tried again, in ms. A change of the machine that nothing else shows is noticed this late. */
const MAX_REST_MS = 60_000;

/** The time for which something isn't tried again: twice as long if it's in vain again soon after. */
export class TrialRest {
  #ms = 0;
  #until = -Infinity;

  over(now: number): boolean {
    return now >= this.#until;
  }

  /** @param costMs - how long the attempt took */
  begin(now: number, costMs: number): void {
    const soon = now < this.#until + this.#ms;
    this.#ms = Math.min(MAX_REST_MS, Math.max(soon ? 2 * this.#ms : 0, REST * costMs));
    this.#until = now + this.#ms;
  }
}
