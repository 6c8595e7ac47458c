import type { LlamaContextSequence, TokenId } from "./bindings.js";

/**
 * From how many shared tokens on a prefix is worth a sequence that others may come back to. Below it are the
 * beginning-of-sequence token and a template's opening, which all prompts share (Llama 3.1's, with its two dates, has 25).
 */
const WORTH_TOKENS = 32;

/** The same for a sequence that holds little else: at most as much is lost as is saved. */
const WORTH_SHARE = 0.5;

/** A sequence for a prompt. */
export interface ChosenSequence {
  readonly sequence: LlamaContextSequence;
  /** Tokens at the prompt's start that its KV cache holds already. */
  readonly shared: number;
}

/** The sequences that no generation uses, each with what the last one left in its KV cache. */
export class SequencePool {
  /** Longest unused first. */
  readonly #free: LlamaContextSequence[];

  constructor(sequences: readonly LlamaContextSequence[]) {
    this.#free = [...sequences];
  }

  /** Sequences that no generation uses. */
  get size(): number {
    return this.#free.length;
  }

  /** The free sequence that shares the longest prefix with the prompt; where none shares much, the one unused longest. */
  choose(prompt: readonly TokenId[]): ChosenSequence {
    const all = this.#free.map((sequence) => ({
      sequence,
      shared: sequence.compareContextTokens(prompt).firstDifferentIndex,
    }));
    const [oldest] = all;
    if (!oldest) throw new Error("The parent admitted more generations than there are sequences.");
    const [longest] = all
      .filter(({ sequence, shared }) => isWorth(shared, sequence.nextTokenIndex))
      // stable, so that among equals the one unused longest goes first
      .sort((a, b) => b.shared - a.shared);
    return longest ?? oldest;
  }

  take(sequence: LlamaContextSequence): void {
    this.#free.splice(this.#free.indexOf(sequence), 1);
  }

  giveBack(sequence: LlamaContextSequence): void {
    this.#free.push(sequence);
  }
}

/** Whether a sequence that holds `held` tokens is better used for a prompt that shares `shared` of them than left alone. */
function isWorth(shared: number, held: number): boolean {
  return shared >= WORTH_TOKENS || shared > held * WORTH_SHARE;
}
