import type { BosRule } from "../../engine.js";
import { type AddonModel, TOKEN_ATTRIBUTE, type TokenId } from "./bindings.js";

const SPECIAL = TOKEN_ATTRIBUTE.unknown | TOKEN_ATTRIBUTE.control;

/** A model's vocabulary: from text to tokens and back. */
export class Vocabulary {
  readonly #model: Pick<
    AddonModel,
    "tokenize" | "detokenize" | "isEogToken" | "getTokenAttributes" | "getTokenString"
  >;
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

  /** How a token is written if it's a special one; undefined for all others. */
  special(token: TokenId): string | undefined {
    const isSpecial = (this.#model.getTokenAttributes(token) & SPECIAL) !== 0 || this.isEnd(token);
    return isSpecial ? this.written(token) : undefined;
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

/**
 * Tokens kept back at most, though their text is given as it finishes. Each token may end one character and begin the next, so a
 * chain of them has no natural end; this ends the one a model starts when it writes bytes that are no text at all.
 */
const MAX_PENDING_TOKENS = 64;

/** Tokens the detokenizer looks back on, to tell whether a leading space belongs to the text. */
const LOOK_BACK_TOKENS = 4;

/** What the detokenizer gives for an unfinished character. */
const REPLACEMENT_CHARACTER = "\uFFFD";

/**
 * Turns tokens into text one by one. A token that ends inside a multi-byte character gives only what is finished, often "",
 * and the whole character comes with the token that completes it. Special tokens give "".
 */
export class Detokenizer {
  readonly #vocabulary: Pick<Vocabulary, "detokenize">;
  #before: readonly TokenId[];
  #pending: TokenId[] = [];
  #given = 0;

  /** @param prompt - the tokens in front of the first one to come */
  constructor(vocabulary: Pick<Vocabulary, "detokenize">, prompt: readonly TokenId[]) {
    this.#vocabulary = vocabulary;
    this.#before = prompt.slice(-LOOK_BACK_TOKENS);
  }

  /** The text that `token` finishes. */
  push(token: TokenId): string {
    this.#pending.push(token);
    // a token alone would lose its leading space on SentencePiece vocabularies
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
 * The tokens of a prompt. Special tokens written in the text are parsed as such; the beginning-of-sequence token is added
 * by `bos`, since llama.cpp's binding never adds it here.
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
  // llama.cpp can't start from nothing
  return wanted || tokens.length === 0 ? [bos, ...tokens] : tokens;
}
