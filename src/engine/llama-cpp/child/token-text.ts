import type { TokenId } from "./bindings.js";
import type { Vocabulary } from "./vocabulary.js";

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
export class TokenText {
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
