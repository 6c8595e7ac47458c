import type { BosRule } from "../../engine.js";
import { type AddonModel, TOKEN_ATTRIBUTE, type TokenId } from "./bindings.js";

const SPECIAL = TOKEN_ATTRIBUTE.unknown | TOKEN_ATTRIBUTE.control;

/** A model's vocabulary: turns text into tokens and back. */
export class Vocabulary {
  readonly #model: Pick<
    AddonModel,
    "tokenize" | "detokenize" | "isEogToken" | "getTokenAttributes" | "getTokenString"
  >;
  /** The beginning-of-sequence token; null if there is none. */
  readonly bos: TokenId | null;
  /** The end-of-sequence token; null if there is none. */
  readonly eos: TokenId | null;
  /** Whether the model's metadata ask for {@link bos} before a text. */
  readonly prependsBos: boolean;

  constructor(model: AddonModel) {
    this.#model = model;
    this.bos = idOf(model.tokenBos());
    this.eos = idOf(model.tokenEos());
    this.prependsBos = model.shouldPrependBosToken();
  }

  /** Tokenizes text. Special tokens written in it are parsed as such; none is added. */
  tokenize(text: string): TokenId[] {
    return text === "" ? [] : Array.from(this.#model.tokenize(text, true));
  }

  /**
   * The text of tokens. Special tokens have none.
   *
   * @param before - the tokens before them, which decide whether a leading space belongs to the text
   */
  detokenize(tokens: readonly TokenId[], before: readonly TokenId[]): string {
    const beginning = this.#text(before);
    if (beginning === "") return this.#text(tokens);
    const whole = this.#text([...before, ...tokens]);
    return whole.startsWith(beginning) ? whole.slice(beginning.length) : this.#text(tokens);
  }

  /** Whether the token ends a generation. */
  isEnd(token: TokenId): boolean {
    return this.#model.isEogToken(token);
  }

  /** The written form of a special token; undefined for other tokens. */
  special(token: TokenId): string | undefined {
    const isSpecial = (this.#model.getTokenAttributes(token) & SPECIAL) !== 0 || this.isEnd(token);
    return isSpecial ? this.written(token) : undefined;
  }

  /** The written form of a special token; "" for null. */
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

/**
 * Maximum number of tokens that are detokenized together. Each token may end one character and begin the next, so without a limit
 * the chain would go on as long as a model writes bytes that aren't text.
 */
const MAX_PENDING_TOKENS = 64;

/** Tokens before the current one that are detokenized with it, to find whether a leading space belongs to its text. */
const LOOK_BACK_TOKENS = 4;

/** What llama.cpp returns for an unfinished character. */
const REPLACEMENT_CHARACTER = "\uFFFD";

/**
 * Turns tokens into text, one at a time. For a token that ends inside a multi-byte character it gives only the finished part, often
 * ""; the whole character comes with the token that completes it. Special tokens give "".
 */
export class Detokenizer {
  readonly #vocabulary: Pick<Vocabulary, "detokenize">;
  #before: readonly TokenId[];
  #pending: TokenId[] = [];
  #given = 0;

  /** @param prompt - the tokens before the first one */
  constructor(vocabulary: Pick<Vocabulary, "detokenize">, prompt: readonly TokenId[]) {
    this.#vocabulary = vocabulary;
    this.#before = prompt.slice(-LOOK_BACK_TOKENS);
  }

  /** The text that `token` completes. */
  push(token: TokenId): string {
    this.#pending.push(token);
    // with a SentencePiece vocabulary, a token on its own would lose its leading space
    const text = this.#vocabulary.detokenize(this.#pending, this.#before);
    const unfinished = text.endsWith(REPLACEMENT_CHARACTER) && this.#pending.length < MAX_PENDING_TOKENS;
    const finished = text.slice(this.#given, unfinished ? -1 : undefined);
    if (unfinished) {
      this.#given += finished.length;
    } else {
      this.#before = [...this.#before, ...this.#pending].slice(-LOOK_BACK_TOKENS);
      this.#pending = [];
      this.#given = 0;
    }
    return finished;
  }
}

/**
 * Tokenizes a prompt. Special tokens written in the text are parsed as such. The beginning-of-sequence token is added by `rule`;
 * the binding never adds one.
 */
export function tokenizePrompt(
  vocabulary: Pick<Vocabulary, "tokenize" | "bos" | "prependsBos">,
  prompt: string,
  rule: BosRule,
): TokenId[] {
  const tokens = vocabulary.tokenize(prompt);
  const { bos, prependsBos } = vocabulary;
  if (bos === null) return tokens;
  const wanted = rule === "always" || (rule === "model" && prependsBos && tokens[0] !== bos);
  // llama.cpp needs at least one token
  return wanted || tokens.length === 0 ? [bos, ...tokens] : tokens;
}
