import type { LlamaContextSequence, TokenId } from "./bindings.js";

/**
 * From how many shared tokens on a prefix is worth a sequence that others may come back to. Below it are the
 * beginning-of-sequence token and a template's opening, which all prompts share (Llama 3.1's, with its two dates, has 25).
 */
const WORTH_TOKENS = 32;

/** The same for a sequence that holds little else: at most as much is lost as is saved. */
const WORTH_SHARE = 0.5;

/** A sequence of the context, with its number there: llama.cpp numbers them from 0 in the order they were taken from it. */
export interface Slot {
  readonly number: number;
  readonly sequence: LlamaContextSequence;
}

/** A sequence for a prompt. */
export interface ChosenSlot extends Slot {
  /** Tokens at the prompt's start that its KV cache holds already. */
  readonly shared: number;
}

/** The sequences that no generation uses, each with what the last one left in its KV cache. */
export class SequencePool {
  /** Longest unused first. */
  readonly #free: Slot[];
  readonly #total: number;

  constructor(sequences: readonly LlamaContextSequence[]) {
    this.#total = sequences.length;
    this.#free = sequences.map((sequence, number) => ({ number, sequence }));
  }

  /** Sequences that no generation uses. */
  get size(): number {
    return this.#free.length;
  }

  /**
   * The free sequence that shares the longest prefix with the prompt. Where none shares much, one that leaves the sequences in use
   * in as few runs as possible, for each run is a pass of its own over the weights (docs/decisions/0003-one-tick-loop.md); among those,
   * the one unused longest.
   */
  choose(prompt: readonly TokenId[]): ChosenSlot {
    const all = this.#free.map((slot) => ({
      ...slot,
      shared: slot.sequence.compareContextTokens(prompt).firstDifferentIndex,
    }));
    const [longest] = all
      .filter(({ sequence, shared }) => isWorth(shared, sequence.nextTokenIndex))
      // stable, so that among equals the one unused longest goes first
      .sort((a, b) => b.shared - a.shared);
    const [fewestRuns] = all.toSorted((a, b) => this.#neighboursInUse(b) - this.#neighboursInUse(a));
    const chosen = longest ?? fewestRuns;
    if (!chosen) throw new Error("The parent admitted more generations than there are sequences.");
    return chosen;
  }

  take({ sequence }: Slot): void {
    this.#free.splice(
      this.#free.findIndex((slot) => slot.sequence === sequence),
      1,
    );
  }

  giveBack({ number, sequence }: Slot): void {
    this.#free.push({ number, sequence });
  }

  /** None: it would be a run of its own; one: it makes a run longer; two: it joins two. */
  #neighboursInUse({ number }: Slot): number {
    const free = new Set(this.#free.map((slot) => slot.number));
    const inUse = (other: number) => other >= 0 && other < this.#total && !free.has(other);
    return [number - 1, number + 1].filter(inUse).length;
  }
}

/** Whether a sequence that holds `held` tokens is better used for a prompt that shares `shared` of them than left alone. */
function isWorth(shared: number, held: number): boolean {
  return shared >= WORTH_TOKENS || shared > held * WORTH_SHARE;
}
