import type { StopReason } from "../engine.js";
import type { LlamaModel, TokenId } from "./bindings.js";
import type { GenerateOrder } from "./protocol.js";
import type { ChosenSlot } from "./sequence-pool.js";
import { TokenText } from "./token-text.js";

/**
 * Prompt tokens evaluated in one tick, of all prompts together. They share the tick with the running generations, so this bounds the gap
 * they open between their tokens: measured 0.6 s with 128 and 1 s with 256 on two cores; 64 is clearly slower.
 */
export const PREFILL_CHUNK_TOKENS = 128;

/** Tokens of a prompt to evaluate: the last one always is, for its logits give the first new token. */
export function tokensToEvaluate(promptTokens: number, shared: number): number {
  return promptTokens - Math.min(shared, promptTokens - 1);
}

/** What one step gave: a token, or null while the prompt is still being evaluated. */
export interface Step {
  readonly token: TokenId;
  readonly text: string;
  readonly stopReason: StopReason | null;
}

/** One generation on its sequence, advanced step by step by the scheduler. */
export class Job {
  aborted = false;
  paused = false;
  readonly #model: LlamaModel;
  readonly #text: TokenText;
  readonly #order: GenerateOrder;
  readonly #maxTokens: number;
  #prompt: readonly TokenId[];
  #shared: number;
  #tokens: AsyncGenerator<TokenId, void, undefined> | undefined;
  #generated = 0;
  #prepared = false;

  /**
   * @param maxTokens - what the order asks for, or what the context leaves
   */
  constructor(
    readonly id: number,
    readonly slot: ChosenSlot,
    model: LlamaModel,
    order: GenerateOrder,
    prompt: readonly TokenId[],
    maxTokens: number,
  ) {
    this.#model = model;
    this.#order = order;
    this.#prompt = prompt;
    this.#shared = slot.shared;
    this.#maxTokens = maxTokens;
    this.#text = new TokenText(model, prompt);
  }

  /** Whether the next step evaluates a part of the prompt; otherwise it decodes one token. */
  get prefilling(): boolean {
    return this.#tokens === undefined;
  }

  /** Tokens of the prompt that are still to be evaluated; 0 once it decodes. */
  get promptLeft(): number {
    return this.prefilling ? tokensToEvaluate(this.#prompt.length, this.#shared) : 0;
  }

  /**
   * Before the first step: keeps what the sequence's KV cache shares with the prompt and drops the rest. Takes the context's
   * lock, so it can't be a part of a step.
   */
  async prepare(): Promise<void> {
    if (this.#prepared) return;
    this.#prepared = true;
    // the last token has to be evaluated again: its logits give the first new token
    await this.slot.sequence.adaptStateToTokens(this.#prompt.slice(0, -1), false);
    this.#prompt = this.#prompt.slice(this.slot.sequence.nextTokenIndex);
    this.#shared = 0;
  }

  /** Evaluates the next `chunkTokens` of the prompt, or decodes the next token. */
  async step(chunkTokens: number): Promise<Step | null> {
    if (this.prefilling && this.#prompt.length > chunkTokens) {
      const chunk = this.#prompt.slice(0, chunkTokens);
      this.#prompt = this.#prompt.slice(chunkTokens);
      await this.slot.sequence.evaluateWithoutGeneratingNewTokens(chunk);
      return null;
    }
    this.#tokens ??= this.#evaluate();
    const { done, value: token } = await this.#tokens.next();
    if (done) throw new Error("llama.cpp ended the generation without an end-of-sequence token.");
    this.#generated += 1;
    if (this.#model.isEogToken(token)) return { token, text: "", stopReason: "stop" };
    const stopReason = this.#generated >= this.#maxTokens ? "length" : null;
    return { token, text: this.#text.push(token), stopReason };
  }

  /** Frees the sampler. Only between steps. */
  async end(): Promise<void> {
    await this.#tokens?.return();
  }

  #evaluate(): AsyncGenerator<TokenId, void, undefined> {
    const { temperature, topP, seed } = this.#order;
    return this.slot.sequence.evaluate(this.#prompt, {
      temperature,
      topP: topP === 0 ? 1 : topP,
      // Bedrock has neither; the binding's own default for top-k is 40
      topK: 0,
      minP: 0,
      seed,
      yieldEogToken: true,
    });
  }
}
