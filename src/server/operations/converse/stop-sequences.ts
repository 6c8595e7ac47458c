import { SequenceMatcher } from "./sequence-matcher.js";

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
