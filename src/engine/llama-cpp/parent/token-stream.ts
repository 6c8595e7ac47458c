import type { Generation, Token } from "../../engine.js";

/**
 * Tokens kept for a reader that's behind. The sequence pauses there and goes on once half of them are read, so a slow reader
 * costs a few kilobytes and its sequence, no more.
 */
const PAUSE_AT_TOKENS = 32;
const RESUME_AT_TOKENS = PAUSE_AT_TOKENS / 2;

/** What a {@link TokenStream} asks of the engine process. */
export interface TokenStreamControls {
  readonly pause: () => void;
  readonly resume: () => void;
  /** The reader wants no more. */
  readonly cancel: () => void;
}

/** The parent's end of one generation: what the engine process sends goes in, what the caller iterates comes out. */
export class TokenStream implements Generation, AsyncIterator<Token> {
  readonly promptTokens: number;
  readonly #controls: TokenStreamControls;
  readonly #queue: Token[] = [];
  #paused = false;
  #ended: { readonly error?: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(promptTokens: number, controls: TokenStreamControls) {
    this.promptTokens = promptTokens;
    this.#controls = controls;
  }

  [Symbol.asyncIterator](): AsyncIterator<Token> {
    return this;
  }

  push(token: Token): void {
    this.#queue.push(token);
    if (token.stopReason !== null) this.#ended ??= {};
    else if (!this.#paused && this.#queue.length >= PAUSE_AT_TOKENS) {
      this.#paused = true;
      this.#controls.pause();
    }
    this.#wake();
  }

  /** Ends the iteration with an error once what came before is read. The first end wins. */
  fail(error: unknown): void {
    this.#ended ??= { error };
    this.#wake();
  }

  async next(): Promise<IteratorResult<Token, undefined>> {
    for (;;) {
      const token = this.#queue.shift();
      if (token) {
        if (this.#paused && this.#queue.length <= RESUME_AT_TOKENS) {
          this.#paused = false;
          this.#controls.resume();
        }
        return { done: false, value: token };
      }
      if (this.#ended) {
        const ended = this.#ended;
        this.#ended = {};
        if ("error" in ended) throw ended.error;
        return { done: true, value: undefined };
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  return(): Promise<IteratorResult<Token, undefined>> {
    if (!this.#ended) this.#controls.cancel();
    this.#ended = {};
    this.#queue.length = 0;
    return Promise.resolve({ done: true, value: undefined });
  }
}
