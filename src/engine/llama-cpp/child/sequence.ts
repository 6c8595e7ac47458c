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
  keep(length: number): void {
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
