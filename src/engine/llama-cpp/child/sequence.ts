import type { AddonContext, AddonSampler, TokenId } from "./bindings.js";

/** One of the context's sequences, with what its KV cache holds. Nothing of it may be called while a batch is being decoded. */
export class Sequence {
  readonly #context: AddonContext;
  #held: TokenId[] = [];

  /**
   * @param number - llama.cpp's, from 0
   * @param sampler - its own, kept from one generation to the next: it holds 12 bytes for every token of the vocabulary (1.5 MB for
   *   Llama 3), which V8 doesn't see, so that many of them piled up before they were collected
   */
  constructor(
    readonly number: number,
    context: AddonContext,
    readonly sampler: AddonSampler,
  ) {
    this.#context = context;
  }

  /** Tokens in the KV cache. */
  get length(): number {
    return this.#held.length;
  }

  /** How many tokens at the beginning of these the KV cache holds. */
  shared(tokens: readonly TokenId[]): number {
    const most = Math.min(tokens.length, this.#held.length);
    let at = 0;
    while (at < most && tokens[at] === this.#held[at]) at += 1;
    return at;
  }

  /**
   * Forgets all but the first `length` tokens, or everything where the model can't forget a part: those that attend to a window
   * drop what is behind it.
   */
  truncate(length: number): void {
    if (length >= this.#held.length) return;
    const kept =
      length > 0 &&
      this.#context.removeTokenCellsFromSequence(this.number, length, -1) &&
      this.#context.getSequenceKvCacheMinPosition(this.number) === 0;
    if (kept) this.#held.length = length;
    else this.clear();
  }

  clear(): void {
    this.#context.removeTokenCellsFromSequence(this.number, 0, -1);
    this.#held = [];
  }

  /** Notes what has been decoded. */
  add(tokens: readonly TokenId[]): void {
    for (const token of tokens) this.#held.push(token);
  }
}

/**
 * From how many shared tokens on a prefix is worth a sequence that others may come back to. Below it are the
 * beginning-of-sequence token and a template's opening, which all prompts share (Llama 3.1's, with its two dates, has 25).
 */
const MIN_REUSED_TOKENS = 32;

/** The same for a sequence that holds little else: at most as much is lost as is saved. */
const MIN_REUSED_SHARE = 0.5;

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

  release(sequence: Sequence): void {
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
  return shared >= MIN_REUSED_TOKENS || shared > held * MIN_REUSED_SHARE;
}
