/** What of a text may be told, and whether a stop sequence ended it. */
export interface Released {
  readonly text: string;
  readonly stopped: boolean;
}

/**
 * Cuts a text at the first stop sequence, part by part as it comes. Text that may be the beginning of a stop sequence is held
 * back until that's decided, so that no part of one is ever told.
 */
export class StopSequences {
  readonly #sequences: readonly string[];
  readonly #longest: number;
  #held = "";

  /** @param sequences - none of them empty */
  constructor(sequences: readonly string[]) {
    this.#sequences = sequences;
    this.#longest = Math.max(0, ...sequences.map(({ length }) => length));
  }

  /** Takes the next part of the text. After it has stopped nothing more is to come. */
  push(part: string): Released {
    if (this.#longest === 0) return { text: part, stopped: false };
    const text = this.#held + part;
    const end = this.#firstEndIn(text);
    if (end !== undefined) {
      this.#held = "";
      return { text: text.slice(0, end), stopped: true };
    }
    const from = this.#beginningIn(text);
    this.#held = text.slice(from);
    return { text: text.slice(0, from), stopped: false };
  }

  /** What was held back, once the text has ended without a stop sequence. */
  flush(): string {
    const held = this.#held;
    this.#held = "";
    return held;
  }

  /**
   * Where the text ends: at the beginning of the sequence that is complete first, however the text came in parts; of several,
   * of the one that begins first.
   */
  #firstEndIn(text: string): number | undefined {
    const found = this.#sequences
      .map((sequence) => ({ at: text.indexOf(sequence), length: sequence.length }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at + a.length - (b.at + b.length) || a.at - b.at);
    return found[0]?.at;
  }

  /** Where the longest end of the text lies that is a beginning of a stop sequence; its length where there is none. */
  #beginningIn(text: string): number {
    for (let from = Math.max(0, text.length - this.#longest + 1); from < text.length; from += 1) {
      const end = text.slice(from);
      if (this.#sequences.some((sequence) => sequence.startsWith(end))) return from;
    }
    return text.length;
  }
}
