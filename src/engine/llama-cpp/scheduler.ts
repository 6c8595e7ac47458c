import type { LlamaContextSequence, LlamaModel } from "./bindings.js";
import { Job } from "./job.js";
import { tokenizePrompt } from "./prompt-tokens.js";
import type { DecodedToken, FromChild, GenerateOrder } from "./protocol.js";

/**
 * Characters of the longest token in any Llama vocabulary (Llama 3: runs of 128). A prompt that can't fit by this measure isn't
 * tokenized: that would hold up the running generations, half a second for each megabyte.
 */
const LONGEST_TOKEN_CHARS = 128;

/**
 * Advances all generations together, tick by tick: one token of every decoding sequence plus one chunk of one waiting prompt
 * go into the same llama.cpp batch. A loop for each generation would batch all but one at best, and let a long prompt
 * starve the others (docs/decisions/0003-one-tick-loop.md).
 */
export class Scheduler {
  readonly #model: LlamaModel;
  readonly #contextSize: number;
  /** Longest unused first, so that ties evict the oldest prefix. */
  readonly #free: LlamaContextSequence[];
  readonly #jobs = new Map<number, Job>();
  readonly #send: (message: FromChild) => void;
  #running = false;
  #wake: () => void = () => undefined;

  /** @param contextSize - tokens each sequence holds */
  constructor(
    model: LlamaModel,
    contextSize: number,
    sequences: readonly LlamaContextSequence[],
    send: (message: FromChild) => void,
  ) {
    this.#model = model;
    this.#contextSize = contextSize;
    this.#free = [...sequences];
    this.#send = send;
  }

  /** Takes a generation in, or refuses a prompt that exceeds the context. */
  start(id: number, order: GenerateOrder): void {
    const contextLimit = Math.min(this.#contextSize, order.contextLimit ?? Infinity);
    const refuse = (promptTokens: number) => this.#send({ type: "refused", id, promptTokens, contextLimit });
    const leastTokens = Math.ceil(order.prompt.length / LONGEST_TOKEN_CHARS);
    if (leastTokens > contextLimit) {
      refuse(leastTokens);
      return;
    }
    const prompt = tokenizePrompt(this.#model, order.prompt, order.bos);
    if (prompt.length > contextLimit) {
      refuse(prompt.length);
      return;
    }
    const sequence = this.#takeSequence(prompt);
    // the last token is never evaluated itself, so a prompt that fills the context still gets one
    const maxTokens = Math.max(1, Math.min(order.maxTokens, contextLimit - prompt.length));
    this.#jobs.set(id, new Job(id, sequence, this.#model, order, prompt, maxTokens));
    this.#send({ type: "accepted", id, promptTokens: prompt.length });
    this.#wake();
    if (!this.#running) void this.#run();
  }

  abort(id: number): void {
    const job = this.#jobs.get(id);
    if (job) job.aborted = true;
    this.#wake();
  }

  setPaused(id: number, paused: boolean): void {
    const job = this.#jobs.get(id);
    if (job) job.paused = paused;
    this.#wake();
  }

  /** The free sequence whose KV cache shares the longest prefix with the prompt. */
  #takeSequence(prompt: readonly number[]): LlamaContextSequence {
    let best = 0;
    let longest = -1;
    for (const [index, sequence] of this.#free.entries()) {
      const shared = sequence.compareContextTokens(prompt).firstDifferentIndex;
      if (shared > longest) [best, longest] = [index, shared];
    }
    const [sequence] = this.#free.splice(best, 1);
    if (!sequence) throw new Error("The parent admitted more generations than there are sequences.");
    return sequence;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#jobs.size > 0) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      for (const job of this.#jobs.values()) if (job.aborted) await this.#end(job);
      const batch = this.#batch();
      if (batch.length > 0) await this.#tick(batch);
      else if (this.#jobs.size > 0) await woken;
    }
    this.#running = false;
  }

  /** Every decoding job, and the prompt that has waited longest. */
  #batch(): Job[] {
    const jobs = [...this.#jobs.values()].filter((job) => !job.paused);
    const prefill = jobs.find((job) => job.prefilling);
    return jobs.filter((job) => !job.prefilling || job === prefill);
  }

  async #tick(batch: readonly Job[]): Promise<void> {
    for (const job of batch) await this.#attempt(job, () => job.prepare());
    const decoded: DecodedToken[] = [];
    const finished: Job[] = [];
    await Promise.all(
      batch.map((job) =>
        this.#attempt(job, async () => {
          const step = await job.step();
          if (!step) return;
          decoded.push([job.id, step.token, step.text, step.stopReason]);
          if (step.stopReason) finished.push(job);
        }),
      ),
    );
    if (decoded.length > 0) this.#send({ type: "tokens", tokens: decoded });
    for (const job of finished) await this.#end(job);
  }

  /** A generation that fails ends alone. */
  async #attempt(job: Job, work: () => Promise<void>): Promise<void> {
    if (!this.#jobs.has(job.id)) return;
    try {
      await work();
    } catch (error) {
      // what a failed evaluation left in the KV cache can't be trusted
      await job.sequence.clearHistory();
      await this.#end(job, error instanceof Error ? error.message : String(error));
    }
  }

  async #end(job: Job, error?: string): Promise<void> {
    this.#jobs.delete(job.id);
    await job.end();
    this.#free.push(job.sequence);
    this.#send({ type: "ended", id: job.id, ...(error !== undefined && { error }) });
  }
}
