import type { StopReason, Token } from "../engine.js";
import type { ServerToken, StreamEvent } from "./dialect.js";

/**
 * Turns what a server reports into tokens of which the last has the reason why it is the last. Servers tell it with that token, or later. So a token is held
 * back until the next event where it may be the last: the last one allowed, and one without text, which may be the end-of-sequence token. No other
 * waits.
 */
export class TokenFlow {
  readonly #maxTokens: number;
  #held: ServerToken | undefined;
  #count = 0;
  #ended = false;

  /** @param maxTokens - that the server was asked for, or has room for */
  constructor(maxTokens: number) {
    this.#maxTokens = maxTokens;
  }

  /** Whether the reason for the end has come. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Tokens so far, that which is held included. */
  get count(): number {
    return this.#count;
  }

  /** Adds the tokens that can be passed on to a list. */
  take({ tokens = [], stopReason }: StreamEvent, list: Token[]): void {
    if (this.#ended) return;
    for (const token of tokens) {
      if (this.#held) list.push(finished(this.#held, null));
      this.#held = token;
      this.#count += 1;
    }
    if (stopReason !== undefined) {
      this.#ended = true;
      list.push(finished(this.#held ?? END_WITHOUT_TOKEN, stopReason));
      this.#held = undefined;
    } else if (this.#held && this.#held.text !== "" && this.#count < this.#maxTokens) {
      list.push(finished(this.#held, null));
      this.#held = undefined;
    }
  }
}

/** A server ended the generation for a reason of its own, after its last token was passed on. */
const END_WITHOUT_TOKEN: ServerToken = { id: undefined, text: "" };

function finished({ id, text, special }: ServerToken, stopReason: StopReason | null): Token {
  return { id, text, stopReason, ...(special !== undefined && { special }) };
}
