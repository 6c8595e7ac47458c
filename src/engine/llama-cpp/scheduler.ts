import type { LlamaContextSequence, LlamaModel } from "./bindings.js";
import { Job, PREFILL_CHUNK_TOKENS, tokensToEvaluate } from "./job.js";
import { PrefillRate } from "./prefill-rate.js";
import { tokenizePrompt } from "./prompt-tokens.js";
import type { DecodedToken, FromChild, GenerateOrder } from "./protocol.js";
import { SequencePool } from "./sequence-pool.js";

/**
 * Characters of the longest token in any Llama vocabulary (Llama 3: runs of 128). A prompt that can't fit by this measure isn't
 * tokenized: that would hold up the running generations, half a second for each megabyte.
 */
const LONGEST_TOKEN_CHARS = 128;

/** A generation's part of a tick. */
interface Share {
  readonly job: Job;
  /** Tokens of its prompt to evaluate; 0: it decodes one token. */
  readonly chunkTokens: number;
}

/**
 * Advances all generations together, tick by tick: one token of every decoding sequence plus one chunk of the waiting prompts go
 * into the same llama.cpp batch. A loop for each generation would batch all but one at best, and let a long prompt starve the
 * others (docs/decisions/0003-one-tick-loop.md).
 */
export class Scheduler {
  readonly #model: LlamaModel;
  readonly #contextSize: number;
  readonly #pool: SequencePool;
  readonly #jobs = new Map<number, Job>();
  /** Those whose prompt isn't evaluated yet, the oldest first. */
  #prefills: Job[] = [];
  #oldestFirst = false;
  readonly #rate: PrefillRate;
  readonly #send: (message: FromChild) => void;
  #running = false;
  #wake: () => void = () => undefined;
  #ticks = 0;
  #ticking = false;

  /** @param contextSize - tokens each sequence holds */
  constructor(
    model: LlamaModel,
    contextSize: number,
    sequences: readonly LlamaContextSequence[],
    send: (message: FromChild) => void,
    rate = new PrefillRate(),
  ) {
    this.#model = model;
    this.#contextSize = contextSize;
    this.#pool = new SequencePool(sequences);
    this.#send = send;
    this.#rate = rate;
  }

  /** Ticks that are over. */
  get ticks(): number {
    return this.#ticks;
  }

  /** Whether llama.cpp is at work. */
  get ticking(): boolean {
    return this.#ticking;
  }

  /** Whether there's nothing to do. */
  get idle(): boolean {
    return this.#jobs.size === 0;
  }

  /** Takes a generation in, or refuses a prompt that exceeds the context or would take too long. */
  start(id: number, order: GenerateOrder): void {
    const contextLimit = Math.min(this.#contextSize, order.contextLimit ?? Infinity);
    const refuse = (promptTokens: number) => this.#send({ type: "refused", id, promptTokens, contextLimit });
    const leastTokens = Math.ceil(order.prompt.length / LONGEST_TOKEN_CHARS);
    if (leastTokens > contextLimit) {
      refuse(leastTokens);
      return;
    }
    const prompt = tokenizePrompt(this.#model, order.prompt, order.bos);
    const promptTokens = prompt.length;
    if (promptTokens > contextLimit) {
      refuse(promptTokens);
      return;
    }
    const slot = this.#pool.choose(prompt);
    const estimate = this.#estimate(tokensToEvaluate(promptTokens, slot.shared));
    if (estimate && estimate.estimateMs > (order.prefillMs ?? Infinity)) {
      this.#send({ type: "too-slow", id, promptTokens, ...estimate });
      return;
    }
    this.#pool.take(slot);
    // the last token is never evaluated itself, so a prompt that fills the context still gets one
    const maxTokens = Math.max(1, Math.min(order.maxTokens, contextLimit - promptTokens));
    const job = new Job(id, slot, this.#model, order, prompt, maxTokens);
    this.#jobs.set(id, job);
    this.#prefills.push(job);
    this.#send({ type: "accepted", id, promptTokens });
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

  /** How long a prompt of which `tokens` are to be evaluated will take, as far as that's known. */
  #estimate(tokens: number): { estimateMs: number; tokensPerSecond: number } | undefined {
    const { tokensPerSecond } = this.#rate;
    if (tokensPerSecond === undefined) return undefined;
    const left = this.#prefills.map(({ promptLeft }) => promptLeft);
    // those that don't have more left come first; the others get no more than every other tick
    const before = tokens + sum(left.filter((other) => other <= tokens));
    const meanwhile = Math.min(before, sum(left.filter((other) => other > tokens)));
    return { estimateMs: ((before + meanwhile) * 1000) / tokensPerSecond, tokensPerSecond };
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#jobs.size > 0) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      for (const job of this.#jobs.values()) if (job.aborted) await this.#end(job);
      this.#ticking = true;
      const shares = inSlotOrder([...this.#decodes(), ...(await this.#chunk())]);
      if (shares.length > 0) {
        await this.#tick(shares);
        this.#ticks += 1;
      }
      this.#ticking = false;
      if (shares.length === 0 && this.#jobs.size > 0) await woken;
    }
    this.#running = false;
  }

  /** One token of everybody whose prompt is evaluated. */
  #decodes(): Share[] {
    return [...this.#jobs.values()]
      .filter((job) => !job.paused && !job.prefilling)
      .map((job) => ({ job, chunkTokens: 0 }));
  }

  /**
   * One chunk of the waiting prompts. In every other tick the oldest comes first, in those between the one with the least left:
   * a short prompt is answered soon though a long one came before it, and the long one gets half of the ticks at least. What the
   * first leaves of the chunk goes to the next. Were all served in turn, many long prompts would all be late.
   */
  async #chunk(): Promise<Share[]> {
    this.#oldestFirst = !this.#oldestFirst;
    const shares: Share[] = [];
    let left = PREFILL_CHUNK_TOKENS;
    for (const job of this.#oldestFirst ? [...this.#prefills] : this.#shortestFirst()) {
      if (left === 0) break;
      await this.#attempt(job, () => job.prepare());
      if (!this.#jobs.has(job.id)) continue;
      const chunkTokens = Math.min(left, job.promptLeft);
      left -= chunkTokens;
      shares.push({ job, chunkTokens });
    }
    return shares;
  }

  #shortestFirst(): Job[] {
    return this.#prefills.toSorted((a, b) => a.promptLeft - b.promptLeft);
  }

  async #tick(shares: readonly Share[]): Promise<void> {
    const startedAt = performance.now();
    const decoded: DecodedToken[] = [];
    const finished: Job[] = [];
    await Promise.all(
      shares.map(({ job, chunkTokens }) =>
        this.#attempt(job, async () => {
          const step = await job.step(chunkTokens);
          if (!step) return;
          decoded.push([job.id, step.token, step.text, step.stopReason]);
          if (step.stopReason) finished.push(job);
        }),
      ),
    );
    const evaluated = sum(shares.map(({ chunkTokens }) => chunkTokens));
    if (evaluated === PREFILL_CHUNK_TOKENS) this.#rate.add(evaluated, performance.now() - startedAt);
    this.#prefills = this.#prefills.filter((job) => job.prefilling);
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
      await job.slot.sequence.clearHistory();
      await this.#end(job, error instanceof Error ? error.message : String(error));
    }
  }

  async #end(job: Job, error?: string): Promise<void> {
    this.#jobs.delete(job.id);
    this.#prefills = this.#prefills.filter((other) => other !== job);
    await job.end();
    this.#pool.giveBack(job.slot);
    this.#send({ type: "ended", id: job.id, ...(error !== undefined && { error }) });
  }
}

/**
 * As llama.cpp takes them into one pass: only sequences whose numbers follow each other are (`split_equal` in llama-batch.cpp). In
 * any other order each run is a pass over the weights; eight streams took a quarter longer.
 */
function inSlotOrder(shares: readonly Share[]): Share[] {
  return shares.toSorted((a, b) => a.job.slot.number - b.job.slot.number);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
