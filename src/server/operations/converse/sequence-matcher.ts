/**
 * Follows a text unit by unit and tells how much of a stop sequence it ends with (Knuth, Morris and Pratt): a unit costs the
 * same however long sequence and text are. The table grows only as far as the text has ever matched.
 */
export class SequenceMatcher {
  readonly #sequence: string;
  /** Where to go on when the unit after the first n ones doesn't fit: at the longest beginning that these also end with. */
  readonly #fallbacks = [0, 0];
  #matched = 0;

  /** @param sequence - not empty */
  constructor(sequence: string) {
    this.#sequence = sequence;
  }

  /** Whether the text ends with all of the sequence. */
  get complete(): boolean {
    return this.#matched === this.#sequence.length;
  }

  /** UTF-16 units of the sequence that the text ends with, at most. */
  get matched(): number {
    return this.#matched;
  }

  /** Takes the text's next UTF-16 unit; none once the sequence is complete. */
  push(unit: number): void {
    this.#matched = this.#after(this.#matched, unit);
    if (this.#matched === this.#fallbacks.length) {
      const last = this.#fallbacks.at(-1) ?? 0;
      this.#fallbacks.push(this.#after(last, unit));
    }
  }

  /** What matches after `unit`, where `matched` units did before it. */
  #after(matched: number, unit: number): number {
    while (this.#sequence.charCodeAt(matched) !== unit) {
      if (matched === 0) return 0;
      matched = this.#fallbacks[matched] ?? 0;
    }
    return matched + 1;
  }
}
