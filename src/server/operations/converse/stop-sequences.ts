/** Text that can be sent, and whether a stop sequence ended it. */
export interface Released {
  readonly text: string;
  readonly stopped: boolean;
}

/**
 * Cuts a streamed text at the first stop sequence. Text that may be the beginning of a stop sequence is held back until that is decided,
 * so that no part of a sequence is ever sent.
 *
 * The text ends before the sequence that is completed first, however the text is split into parts. If several are completed at once, it
 * ends before the one that begins first.
 */
export class StopSequences {
  readonly #matchers: readonly SequenceMatcher[];
  #held = "";

  /** @param sequences - none of them empty */
  constructor(sequences: readonly string[]) {
    this.#matchers = sequences.map((sequence) => new SequenceMatcher(sequence));
  }

  /** Adds the next part of the text. Don't call it again once the text has stopped. */
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

  /** The text held back, once the text has ended without a stop sequence. */
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
 * Matches a stop sequence against a text, one UTF-16 unit at a time (Knuth-Morris-Pratt): the amortized cost of a unit doesn't depend on
 * the length of sequence or text. The failure table grows only as far as the text has matched.
 */
class SequenceMatcher {
  readonly #sequence: string;
  /** The failure table: for the first n units, the length of their longest proper prefix that is also a suffix. */
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

  /** The length, in UTF-16 units, of the longest prefix of the sequence that the text ends with. */
  get matched(): number {
    return this.#matched;
  }

  /** Adds the text's next UTF-16 unit. Don't call it again once the sequence is complete. */
  push(unit: number): void {
    this.#matched = this.#after(this.#matched, unit);
    if (this.#matched === this.#fallbacks.length) {
      const last = this.#fallbacks.at(-1) ?? 0;
      this.#fallbacks.push(this.#after(last, unit));
    }
  }

  /** The length of the match after `unit`, if `matched` units matched before it. */
  #after(matched: number, unit: number): number {
    while (this.#sequence.charCodeAt(matched) !== unit) {
      if (matched === 0) return 0;
      matched = this.#fallbacks[matched] ?? 0;
    }
    return matched + 1;
  }
}
