import type { AddonContext, AddonSampler, TokenId } from "./bindings.js";

/** One of the context's sequences, and the tokens in its KV cache. No method may be called while a batch is being decoded. */
export class Sequence {
  readonly #context: AddonContext;
  #held: TokenId[] = [];

  /**
   * @param number - llama.cpp's number of the sequence, from 0
   * @param sampler - kept from one generation to the next: it takes 12 bytes for every token of the vocabulary (1.5 MB for Llama 3),
   *   which V8 doesn't count, so many discarded samplers would pile up before they are garbage-collected
   * @param capacity - tokens that it holds
   */
  constructor(
    readonly number: number,
    context: AddonContext,
    readonly sampler: AddonSampler,
    readonly capacity: number,
  ) {
    this.#context = context;
  }

  /** Number of tokens in the KV cache. */
  get length(): number {
    return this.#held.length;
  }

  /** Length of the prefix that `tokens` share with the KV cache. */
  shared(tokens: readonly TokenId[]): number {
    const most = Math.min(tokens.length, this.#held.length);
    let at = 0;
    while (at < most && tokens[at] === this.#held[at]) at += 1;
    return at;
  }

  /**
   * Removes all but the first `length` tokens, or all of them if the model can't keep a part: models with sliding-window attention
   * have dropped the beginning.
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

  /** Records tokens that have been decoded. */
  add(tokens: readonly TokenId[]): void {
    for (const token of tokens) this.#held.push(token);
  }
}

/**
 * A sequence is reused if at least this many tokens of its prefix are shared. Shorter prefixes are the beginning-of-sequence token
 * and the start of a chat template, which all prompts share (25 tokens for Llama 3.1's, which has two dates); the caller whose
 * conversation the sequence holds may come back.
 */
const MIN_REUSED_TOKENS = 32;

/** A sequence is also reused if more than this share of its tokens is shared: what is lost is less than what is saved. */
const MIN_REUSED_SHARE = 0.5;

/** The sequence chosen for a prompt. */
export interface ChosenSequence {
  readonly sequence: Sequence;
  /** Tokens at the prompt's start that are in its KV cache already. */
  readonly shared: number;
}

/** The free sequences, each with what its last generation left in the KV cache. */
export class SequencePool {
  /** The least recently used first. */
  readonly #free: Sequence[];
  readonly #total: number;

  /** @param sequences - in the order of their numbers */
  constructor(sequences: readonly Sequence[]) {
    this.#total = sequences.length;
    this.#free = [...sequences];
  }

  /**
   * Chooses the free sequence that shares the longest prefix with the prompt. If none shares enough, it chooses among the smallest ones
   * that suffice one that keeps the numbers of the sequences in use in as few runs as possible, since each run is a pass over the
   * weights (decode.ts); among those, the least recently used one.
   *
   * @param tokens - that it must hold, prompt and generation together
   * @returns undefined if none that holds them is free
   */
  choose(prompt: readonly TokenId[], tokens: number): ChosenSequence | undefined {
    const all = this.#free
      .filter(({ capacity }) => capacity >= tokens)
      .map((sequence) => ({ sequence, shared: sequence.shared(prompt) }));
    const [longest] = all
      .filter(({ sequence, shared }) => isWorth(shared, sequence.length))
      // the sort is stable: among equals the least recently used one comes first
      .sort((a, b) => b.shared - a.shared);
    const [best] = all.toSorted(
      (a, b) =>
        a.sequence.capacity - b.sequence.capacity || this.#neighboursInUse(b) - this.#neighboursInUse(a),
    );
    return longest ?? best;
  }

  take(sequence: Sequence): void {
    this.#free.splice(this.#free.indexOf(sequence), 1);
  }

  release(sequence: Sequence): void {
    this.#free.push(sequence);
  }

  /** 0: the sequence would be a new run; 1: it extends a run; 2: it joins two runs. */
  #neighboursInUse({ sequence: { number } }: ChosenSequence): number {
    const free = new Set(this.#free.map((sequence) => sequence.number));
    const inUse = (other: number) => other >= 0 && other < this.#total && !free.has(other);
    return [number - 1, number + 1].filter(inUse).length;
  }
}

/** Whether to reuse a sequence with `held` tokens for a prompt that shares `shared` of them. */
function isWorth(shared: number, held: number): boolean {
  return shared >= MIN_REUSED_TOKENS || shared > held * MIN_REUSED_SHARE;
}
