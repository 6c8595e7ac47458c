import type { TokenId } from "./bindings.js";
import type { Sequence } from "./sequence.js";

/**
 * From how many shared tokens on a prefix is worth a sequence that others may come back to. Below it are the
 * beginning-of-sequence token and a template's opening, which all prompts share (Llama 3.1's, with its two dates, has 25).
 */
const WORTH_TOKENS = 32;

/** The same for a sequence that holds little else: at most as much is lost as is saved. */
const WORTH_SHARE = 0.5;

/** A sequence for a prompt. */
export interface ChosenSequence {
  readonly sequence: Sequence;
  /** Tokens at the prompt's start that its KV cache holds already. */
  readonly shared: number;
}

/** The sequences that no generation uses, each with what the last one left in its KV cache. */
export class SequencePool {
  /** Longest unused first. */
  readonly #free: Sequence[];
  readonly #total: number;

  /** @param sequences - in the order of their numbers */
  constructor(sequences: readonly Sequence[]) {
    this.#total = sequences.length;
    this.#free = [...sequences];
  }

  /**
   * The free sequence that shares the longest prefix with the prompt. Where none shares much, one that leaves the sequences in use
   * in as few runs as possible, since each run is a pass over the weights (decode.ts); among those, the one unused longest.
   */
  choose(prompt: readonly TokenId[]): ChosenSequence {
    const all = this.#free.map((sequence) => ({ sequence, shared: sequence.shared(prompt) }));
    const [longest] = all
      .filter(({ sequence, shared }) => isWorth(shared, sequence.length))
      // stable, so that among equals the one unused longest goes first
      .sort((a, b) => b.shared - a.shared);
    const [fewestRuns] = all.toSorted((a, b) => this.#neighboursInUse(b) - this.#neighboursInUse(a));
    const chosen = longest ?? fewestRuns;
    if (!chosen) throw new Error("The parent admitted more generations than there are sequences.");
    return chosen;
  }

  take(sequence: Sequence): void {
    this.#free.splice(this.#free.indexOf(sequence), 1);
  }

  giveBack(sequence: Sequence): void {
    this.#free.push(sequence);
  }

  /** None: it would be a run of its own; one: it makes a run longer; two: it joins two. */
  #neighboursInUse({ sequence: { number } }: ChosenSequence): number {
    const free = new Set(this.#free.map((sequence) => sequence.number));
    const inUse = (other: number) => other >= 0 && other < this.#total && !free.has(other);
    return [number - 1, number + 1].filter(inUse).length;
  }
}

/** Whether a sequence that holds `held` tokens is better used for a prompt that shares `shared` of them than left alone. */
function isWorth(shared: number, held: number): boolean {
  return shared >= WORTH_TOKENS || shared > held * WORTH_SHARE;
}
