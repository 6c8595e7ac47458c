import type { StopReason } from "../../engine.js";
import type { DecodedToken, GenerateParams } from "../protocol.js";
import type { AddonSampler, TokenId } from "./bindings.js";
import type { BatchPart } from "./decode.js";
import type { Sequence } from "./sequence.js";
import { Detokenizer, type Vocabulary } from "./vocabulary.js";

/**
 * Prompt tokens evaluated in one tick, of all prompts together. They share the tick with the running generations, so this bounds the gap
 * they open between their tokens: measured 0.6 s with 128 and 1 s with 256 on two cores; 64 is clearly slower.
 */
export const PREFILL_CHUNK_TOKENS = 128;

/** Tokens of a prompt to evaluate: the last one always is, for its logits give the first new token. */
export function tokensToEvaluate(promptTokens: number, shared: number): number {
  return promptTokens - Math.min(shared, promptTokens - 1);
}

/** What a generation needs of it. */
type JobVocabulary = Pick<Vocabulary, "detokenize" | "isEnd" | "special">;

/** One generation on its sequence. The scheduler has its parts decoded, one in each tick. */
export class Job {
  aborted = false;
  paused = false;
  readonly #vocabulary: JobVocabulary;
  readonly #text: Detokenizer;
  readonly #prompt: readonly TokenId[];
  readonly #maxTokens: number;
  /** Tokens of the prompt that are decoded, or in the KV cache already. */
  #read: number;
  #last: TokenId | undefined;
  #generated = 0;

  /**
   * @param maxTokens - what the order asks for, or what the context leaves
   * @param shared - tokens at the prompt's start that the sequence's KV cache holds
   */
  constructor(
    readonly id: number,
    readonly sequence: Sequence,
    vocabulary: JobVocabulary,
    params: GenerateParams,
    prompt: readonly TokenId[],
    maxTokens: number,
    shared: number,
  ) {
    this.#vocabulary = vocabulary;
    configure(sequence.sampler, params);
    this.#prompt = prompt;
    this.#read = prompt.length - tokensToEvaluate(prompt.length, shared);
    this.#maxTokens = maxTokens;
    this.#text = new Detokenizer(vocabulary, prompt);
  }

  /** Whether the prompt isn't decoded yet. */
  get prefilling(): boolean {
    return this.#last === undefined;
  }

  /** Tokens of the prompt that are still to be decoded. */
  get promptLeft(): number {
    return this.#prompt.length - this.#read;
  }

  /** Its part of the next tick: the token it had last, or the next of its prompt, no more than so many. */
  next(chunkTokens: number): BatchPart {
    if (this.#last !== undefined) {
      return { sequence: this.sequence, tokens: [this.#last], sampled: true };
    }
    // what a generation before left in the KV cache; no sooner, since that mustn't be touched while a batch is being decoded
    this.sequence.truncate(this.#read);
    this.#read = this.sequence.length;
    const tokens = this.#prompt.slice(this.#read, this.#read + chunkTokens);
    return { sequence: this.sequence, tokens, sampled: this.#read + tokens.length === this.#prompt.length };
  }

  /** Its part has been decoded. @param token - what follows; undefined while the prompt goes on */
  decoded(token: TokenId | undefined): StopReason | null {
    if (this.prefilling) this.#read = this.sequence.length;
    if (token === undefined) return null;
    this.#last = token;
    this.#generated += 1;
    if (this.#vocabulary.isEnd(token)) return "stop";
    return this.#generated >= this.#maxTokens ? "length" : null;
  }

  /** A token as the parent is told of it. Called once for each, in their order: the text depends on those before. */
  describe(token: TokenId, stopReason: StopReason | null): DecodedToken {
    const special = this.#vocabulary.special(token);
    if (special === undefined) return [this.id, token, this.#text.push(token), stopReason];
    const text = this.#vocabulary.isEnd(token) ? "" : this.#text.push(token);
    return [this.id, token, text, stopReason, special];
  }
}

/** Has it begin as a new one would. */
function configure(sampler: AddonSampler, { temperature, topP, seed }: GenerateParams): void {
  // Bedrock has neither top-k nor min-p
  const config = { temperature, minP: 0, ...(topP > 0 && topP < 1 && { topP }) };
  // only another seed than it had makes its random numbers begin anew
  sampler.applyConfig({ ...config, seed: seed === 0 ? 1 : seed - 1 });
  sampler.applyConfig({ ...config, seed });
}
