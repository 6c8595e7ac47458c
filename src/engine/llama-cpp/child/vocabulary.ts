import type { AddonModel, TokenId } from "./bindings.js";

/** A model's vocabulary: from text to tokens and back. */
export class Vocabulary {
  readonly #model: Pick<AddonModel, "tokenize" | "detokenize" | "isEogToken" | "getTokenString">;
  /** What a text begins with; null where there is none. */
  readonly bos: TokenId | null;
  /** What an answer ends with; null where there is none. */
  readonly eos: TokenId | null;
  /** Whether the model's metadata want {@link bos} before a text. */
  readonly prependsBos: boolean;

  constructor(model: AddonModel) {
    this.#model = model;
    this.bos = idOf(model.tokenBos());
    this.eos = idOf(model.tokenEos());
    this.prependsBos = model.shouldPrependBosToken();
  }

  /** Special tokens written in the text are parsed as such; none is added. */
  tokenize(text: string): TokenId[] {
    return text === "" ? [] : Array.from(this.#model.tokenize(text, true));
  }

  /**
   * The text of tokens; that of special ones is "".
   *
   * @param before - tokens in front of them, which tell whether a leading space belongs to the text
   */
  detokenize(tokens: readonly TokenId[], before: readonly TokenId[]): string {
    const beginning = this.#text(before);
    if (beginning === "") return this.#text(tokens);
    const whole = this.#text([...before, ...tokens]);
    return whole.startsWith(beginning) ? whole.slice(beginning.length) : this.#text(tokens);
  }

  /** Whether an answer ends there. */
  isEnd(token: TokenId): boolean {
    return this.#model.isEogToken(token);
  }

  /** How a special token is written; "" for null. */
  written(token: TokenId | null): string {
    return token === null ? "" : this.#model.getTokenString(token);
  }

  #text(tokens: readonly TokenId[]): string {
    return tokens.length === 0 ? "" : this.#model.detokenize(Uint32Array.from(tokens), false);
  }
}

function idOf(token: TokenId): TokenId | null {
  return token < 0 ? null : token;
}
