/** What of a text may be told, and whether a stop sequence ended it. */
export interface Released {
  readonly text: string;
  readonly stopped: boolean;
}

/**
 * Cuts a text at the first stop sequence, part by part as it comes. Text that may be the beginning of a stop sequence is held
 * back until that's decided, so that no part of one is ever told.
 *
 * The text ends at the beginning of the sequence that is complete first, however it came in parts; of several, of the one
 * that begins first.
 */
export class StopSequences {
  readonly #matchers: readonly SequenceMatcher[];
  #held = "";

  /** @param sequences - none of them empty */
  constructor(sequences: readonly string[]) {
    this.#matchers = sequences.map((sequence) => new SequenceMatcher(sequence));
  }

  /** Takes the next part of the text. After it has stopped nothing more is to come. */
  push(part: string): Released {
    if (this.#matchers.length === 0) return { text: part, stopped: false };
    const text = this.#held + part;
    for (let at = this.#held.length; at < text.length; at += 1) {
      for (const matcher of this.#matchers) matcher.push(text.charCodeAt(at));
      const complete = this.#matchers.filter((matcher) => matcher.complete);
      if (complete.length > 0) {
        this.#held = "";
        return { text: text.slice(0, at + 1 - longest(complete)), stopped: true };
      }
    }
    const from = text.length - longest(this.#matchers);
    this.#held = text.slice(from);
    return { text: text.slice(0, from), stopped: false };
  }

  /** What was held back, once the text has ended without a stop sequence. */
  flush(): string {
    const held = this.#held;
    this.#held = "";
    return held;
  }
}

function longest(matchers: readonly SequenceMatcher[]): number {
  return matchers.reduce((most, { matched }) => Math.max(most, matched), 0);
}

/**
 * Follows a text unit by unit and tells how much of a stop sequence it ends with (Knuth, Morris and Pratt): a unit costs the
 * same however long sequence and text are. The table grows only as far as the text has ever matched.
 */
class SequenceMatcher {
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
