import type { Generation, Token } from "../../engine.js";

/**
 * Tokens buffered for a slow reader. The sequence then pauses, and resumes once half of them are read. So a slow reader costs a few
 * kilobytes and its sequence, no more.
 */
const PAUSE_AT_TOKENS = 32;
const RESUME_AT_TOKENS = PAUSE_AT_TOKENS / 2;

/** Messages that a {@link TokenStream} sends to the engine process. */
export interface TokenStreamControls {
  readonly pause: () => void;
  readonly resume: () => void;
  /** The reader has left. */
  readonly cancel: () => void;
}

/** One generation in the parent: takes the tokens that the engine process sends, and yields them to the caller. */
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

  /** Ends the iteration with an error, after the tokens before it. If called again, the first error holds. */
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
