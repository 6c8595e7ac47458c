import type { StopReason } from "../../engine.js";
import type { DecodedToken, GenerateParams } from "../protocol.js";
import type { TokenId } from "./bindings.js";
import type { BatchPart } from "./decode.js";
import type { Sequence } from "./sequence.js";
import { type TokenSampler, tokenSampler } from "./token-sampler.js";
import { Detokenizer, type Vocabulary } from "./vocabulary.js";

/**
 * Prompt tokens evaluated in one tick, for all prompts together. They share the tick with the running generations, so this bounds the
 * gap between those generations' tokens: measured 0.6 s with 128 and 1 s with 256 on two cores. 64 is clearly slower.
 */
export const PREFILL_CHUNK_TOKENS = 128;

/** Tokens of a prompt that must be evaluated. The last one always must: its logits give the first new token. */
export function tokensToEvaluate(promptTokens: number, shared: number): number {
  return promptTokens - Math.min(shared, promptTokens - 1);
}

type JobVocabulary = Pick<Vocabulary, "detokenize" | "isEnd" | "special">;

/** One generation on its sequence. Each tick, the scheduler decodes its next part. */
export class Job {
  aborted = false;
  paused = false;
  readonly #vocabulary: JobVocabulary;
  readonly #text: Detokenizer;
  readonly #sampler: TokenSampler;
  readonly #prompt: readonly TokenId[];
  readonly #maxTokens: number;
  /** Tokens of the prompt that are in the KV cache. */
  #read: number;
  #last: TokenId | undefined;
  #generated = 0;

  /**
   * @param maxTokens - as requested, or as many as fit into the context
   * @param shared - tokens at the prompt's start that are in the sequence's KV cache already
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
    this.#sampler = tokenSampler(sequence.sampler, params);
    this.#prompt = prompt;
    this.#read = prompt.length - tokensToEvaluate(prompt.length, shared);
    this.#maxTokens = maxTokens;
    this.#text = new Detokenizer(vocabulary, prompt);
  }

  /** Whether the prompt is still being evaluated. */
  get prefilling(): boolean {
    return this.#last === undefined;
  }

  /** Tokens of the prompt that are yet to be evaluated. */
  get promptLeft(): number {
    return this.#prompt.length - this.#read;
  }

  /** Its part of the next tick: its last token, or up to `chunkTokens` of its prompt. */
  next(chunkTokens: number): BatchPart {
    if (this.#last !== undefined) {
      return { sequence: this.sequence, tokens: [this.#last], sampler: this.#sampler };
    }
    // what begins like the prompt stays in the KV cache, and what an earlier generation left goes; not earlier, as a batch might be running
    const { length } = this.#prompt;
    this.sequence.truncate(length - tokensToEvaluate(length, this.sequence.shared(this.#prompt)));
    this.#read = this.sequence.length;
    const tokens = this.#prompt.slice(this.#read, this.#read + chunkTokens);
    const whole = this.#read + tokens.length === this.#prompt.length;
    return { sequence: this.sequence, tokens, sampler: whole ? this.#sampler : undefined };
  }

  /** Its part has been decoded. @param token - the sampled token; undefined if more of the prompt follows */
  decoded(token: TokenId | undefined): StopReason | null {
    if (this.prefilling) this.#read = this.sequence.length;
    if (token === undefined) return null;
    this.#last = token;
    this.#generated += 1;
    if (this.#vocabulary.isEnd(token)) return "stop";
    return this.#generated >= this.#maxTokens ? "length" : null;
  }

  /** The message for a token. Called once for each, in order: its text depends on the tokens before it. */
  describe(token: TokenId, stopReason: StopReason | null): DecodedToken {
    const special = this.#vocabulary.special(token);
    if (special === undefined) return [this.id, token, this.#text.push(token), stopReason];
    const text = this.#vocabulary.isEnd(token) ? "" : this.#text.push(token);
    return [this.id, token, text, stopReason, special];
  }
}
