import type { StopReason } from "../../engine.js";
import type { DecodedToken, FromChild, GenerateParams } from "../protocol.js";
import type { AddonContext, AddonSampler, TokenId } from "./bindings.js";
import { decode } from "./decode.js";
import { evaluateBeginning } from "./expected-beginning.js";
import { Job, tokensToEvaluate } from "./job.js";
import { PrefillQueue, type Share } from "./prefill-queue.js";
import type { PrefillRate } from "./prefill-rate.js";
import { Sequence, SequencePool } from "./sequence.js";
import type { ThreadCount } from "./thread-count.js";
import { tokenizePrompt, type Vocabulary } from "./vocabulary.js";
import { WaitingLine } from "./waiting-line.js";

/** A token, or the end of a generation, that is yet to be sent to the parent. */
type Update =
  | { readonly job: Job; readonly token: TokenId; readonly stopReason: StopReason | null }
  | { readonly job: Job; readonly error: string | undefined };

/** A generation that is to begin. */
interface Order {
  readonly id: number;
  readonly params: GenerateParams;
  readonly prompt: readonly TokenId[];
  readonly maxTokens: number;
  /** That its sequence must hold. */
  readonly tokens: number;
  /** When its prompt must be evaluated, in ms of `performance.now()`. */
  readonly prefillBy: number;
}

export interface SchedulerOptions {
  readonly vocabulary: Pick<
    Vocabulary,
    "bos" | "prependsBos" | "tokenize" | "detokenize" | "isEnd" | "special"
  >;
  readonly context: AddonContext;
  /** Tokens of the largest sequence. */
  readonly contextSize: number;
  /** Tokens that each sequence holds. @default contextSize */
  readonly capacities?: readonly number[];
  /** One sampler for each of the context's sequences. */
  readonly samplers: readonly AddonSampler[];
  readonly send: (message: FromChild) => void;
  readonly rate?: PrefillRate;
  /** @default the context's number of threads, always */
  readonly threads?: ThreadCount | undefined;
}

/**
 * Advances all generations together, tick by tick: one token of every decoding sequence plus one chunk of the waiting prompts go
 * into the same llama.cpp batch. With a loop per generation, at best all but one would share a batch, and a long prompt would starve
 * the others (docs/decisions/0003-one-tick-loop.md).
 */
export class Scheduler {
  readonly #vocabulary: SchedulerOptions["vocabulary"];
  readonly #context: AddonContext;
  readonly #contextSize: number;
  readonly #pool: SequencePool;
  readonly #jobs = new Map<number, Job>();
  readonly #waiting: WaitingLine<Order>;
  readonly #prefills: PrefillQueue;
  #updates: Update[] = [];
  readonly #send: (message: FromChild) => void;
  readonly #threads: ThreadCount | undefined;
  #running = false;
  #wake: () => void = () => undefined;
  #ticks = 0;
  #ticking = false;

  constructor({
    vocabulary,
    context,
    contextSize,
    capacities,
    samplers,
    send,
    rate,
    threads,
  }: SchedulerOptions) {
    this.#vocabulary = vocabulary;
    this.#context = context;
    this.#contextSize = contextSize;
    this.#pool = new SequencePool(
      samplers.map(
        (sampler, number) => new Sequence(number, context, sampler, capacities?.[number] ?? contextSize),
      ),
    );
    this.#send = send;
    this.#waiting = new WaitingLine(({ id, tokens }) => this.#send({ type: "busy", id, tokens }));
    this.#threads = threads;
    this.#prefills = new PrefillQueue(rate);
  }

  /** Number of finished ticks. */
  get ticks(): number {
    return this.#ticks;
  }

  /** Whether llama.cpp is evaluating a batch. */
  get ticking(): boolean {
    return this.#ticking;
  }

  /**
   * Starts a generation, or refuses it if its prompt exceeds the context or would take too long. Where sequences have two sizes, it may
   * wait for one that holds all that it asks for.
   */
  start(id: number, params: GenerateParams): void {
    const contextLimit = Math.min(this.#contextSize, params.contextLimit ?? Infinity);
    const refuse = (promptTokens: number) => this.#send({ type: "refused", id, promptTokens, contextLimit });
    const { prompt: given, bos } = params;
    const prompt = typeof given === "string" ? tokenizePrompt(this.#vocabulary, given, bos) : given;
    const promptTokens = prompt.length;
    if (promptTokens > contextLimit) {
      refuse(promptTokens);
      return;
    }
    // the last token isn't evaluated, so even a prompt that fills the context gets one
    const maxTokens = Math.max(1, Math.min(params.maxTokens, contextLimit - promptTokens));
    const prefillBy = performance.now() + (params.prefillMs ?? Infinity);
    const order = { id, params, prompt, maxTokens, tokens: promptTokens + maxTokens - 1, prefillBy };
    if (!this.#begin(order)) this.#waiting.add(order, params.sequenceMs ?? Infinity);
  }

  /** @returns false if no sequence that holds all of it is free */
  #begin({ id, params, prompt, maxTokens, tokens, prefillBy }: Order): boolean {
    const chosen = this.#pool.choose(prompt, tokens);
    if (!chosen) return false;
    const { sequence, shared } = chosen;
    const promptTokens = prompt.length;
    const estimate = this.#prefills.estimate(tokensToEvaluate(promptTokens, shared));
    if (estimate && estimate.estimateMs > prefillBy - performance.now()) {
      this.#send({ type: "too-slow", id, promptTokens, ...estimate });
      return true;
    }
    this.#pool.take(sequence);
    const job = new Job(id, sequence, this.#vocabulary, params, prompt, maxTokens, shared);
    this.#jobs.set(id, job);
    this.#prefills.add(job);
    this.#send({ type: "accepted", id, promptTokens });
    this.#wake();
    if (!this.#running) void this.#run();
    return true;
  }

  /**
   * Evaluates what prompts are expected to begin with, unless something is asked for before. It changes no result: a sequence whose KV cache
   * begins like a prompt is taken for it as any other.
   */
  async prepare(beginning: string): Promise<void> {
    if (this.#running || this.#ticks > 0) return;
    const tokens = tokenizePrompt(this.#vocabulary, beginning, "model");
    const chosen = this.#pool.choose(tokens, tokens.length);
    if (!chosen) return;
    this.#running = true;
    this.#ticking = true;
    this.#threads?.begin();
    if (this.#threads) this.#context.setThreads(this.#threads.count);
    await evaluateBeginning(this.#context, chosen.sequence, tokens, () => this.#jobs.size === 0);
    this.#ticking = false;
    this.#running = false;
    if (this.#jobs.size > 0) await this.#run();
  }

  abort(id: number): void {
    const job = this.#jobs.get(id);
    if (job) job.aborted = true;
    else if (this.#waiting.remove(id)) this.#send({ type: "ended", id });
    this.#wake();
  }

  setPaused(id: number, paused: boolean): void {
    const job = this.#jobs.get(id);
    if (job) job.paused = paused;
    this.#wake();
  }

  /** Call this now and then: it keeps what is known about the machine fresh while nothing is to be done. */
  rest(): void {
    if (!this.#running) this.#threads?.rest();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#threads?.begin();
    while (this.#jobs.size > 0) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      for (const job of this.#jobs.values()) if (job.aborted) this.#end(job);
      const shares = [...this.#decodes(), ...this.#prefills.nextChunk()];
      if (shares.length > 0) {
        this.#ticking = true;
        await this.#tick(shares);
        this.#ticks += 1;
        this.#ticking = false;
      } else {
        this.#flush();
        if (this.#jobs.size > 0) await woken;
      }
    }
    this.#flush();
    this.#running = false;
  }

  /** One token for each generation whose prompt is evaluated. */
  #decodes(): Share[] {
    return [...this.#jobs.values()]
      .filter((job) => !job.paused && !job.prefilling)
      .map((job) => ({ job, chunkTokens: 0 }));
  }

  async #tick(shares: readonly Share[]): Promise<void> {
    const startedAt = performance.now();
    if (this.#threads) this.#context.setThreads(this.#threads.count);
    const decoding = decode(
      this.#context,
      shares.map(({ job, chunkTokens }) => job.next(chunkTokens)),
    );
    // the results of the tick before, while llama.cpp is working on this one
    this.#flush();
    let tokens;
    try {
      tokens = await decoding;
    } catch (error) {
      for (const { job } of shares) this.#fail(job, error);
      return;
    }
    for (const [i, { job }] of shares.entries()) {
      const token = tokens[i];
      if (token instanceof Error) {
        this.#fail(job, token);
        continue;
      }
      const stopReason = job.decoded(token);
      if (token === undefined) continue;
      this.#updates.push({ job, token, stopReason });
      if (stopReason) this.#end(job);
    }
    const ms = performance.now() - startedAt;
    this.#prefills.evaluated(shares, ms);
    this.#threads?.ticked(shapeOf(shares), ms);
  }

  /** Ends a generation whose evaluation failed; what that left in the KV cache is unusable. */
  #fail(job: Job, error: unknown): void {
    job.sequence.clear();
    this.#end(job, error instanceof Error ? error.message : String(error));
  }

  #end(job: Job, error?: string): void {
    this.#jobs.delete(job.id);
    this.#prefills.remove(job);
    this.#pool.release(job.sequence);
    this.#updates.push({ job, error });
    this.#waiting.serve((order) => this.#begin(order));
  }

  /** Sends the pending updates to the parent. */
  #flush(): void {
    const updates = this.#updates;
    this.#updates = [];
    const tokens = updates.flatMap((one): DecodedToken[] =>
      "token" in one ? [one.job.describe(one.token, one.stopReason)] : [],
    );
    if (tokens.length > 0) this.#send({ type: "tokens", tokens });
    for (const one of updates) {
      if ("token" in one) continue;
      const { job, error } = one;
      this.#send({ type: "ended", id: job.id, ...(error !== undefined && { error }) });
    }
  }
}

/** Batches of the same shape take equally long: the number of sequences that decode, and of prompt tokens. */
function shapeOf(shares: readonly Share[]): string {
  const chunkTokens = shares.reduce((sum, share) => sum + share.chunkTokens, 0);
  return `${shares.filter((share) => share.chunkTokens === 0).length}+${chunkTokens}`;
}
