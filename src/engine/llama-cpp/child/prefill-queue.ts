import { type Job, PREFILL_CHUNK_TOKENS } from "./job.js";
import { PrefillRate } from "./prefill-rate.js";

/** A generation's part of a tick. */
export interface Share {
  readonly job: Job;
  /** Tokens of its prompt to evaluate; 0: it decodes one token. */
  readonly chunkTokens: number;
}

/** How long a prompt will take to evaluate, by what was measured so far. */
export interface PrefillEstimate {
  readonly estimateMs: number;
  readonly tokensPerSecond: number;
}

/** The generations whose prompts are being evaluated. Decides which get the next chunk, and estimates how long a new one would take. */
export class PrefillQueue {
  readonly #rate: PrefillRate;
  /** The oldest first. */
  #jobs: Job[] = [];
  #oldestFirst = false;

  constructor(rate = new PrefillRate()) {
    this.#rate = rate;
  }

  add(job: Job): void {
    this.#jobs.push(job);
  }

  remove(job: Job): void {
    this.#jobs = this.#jobs.filter((other) => other !== job);
  }

  /**
   * The prompts that share the next chunk. The oldest prompt and the one with the least left come first in turn: a short prompt
   * is answered soon although a long one came before it, and the long one gets at least every other chunk. What the first
   * doesn't fill goes to the next. If all were served in turn, many long prompts would all be late.
   */
  nextChunk(): Share[] {
    this.#oldestFirst = !this.#oldestFirst;
    const shares: Share[] = [];
    let left = PREFILL_CHUNK_TOKENS;
    for (const job of this.#oldestFirst ? this.#jobs : this.#shortestFirst()) {
      if (left === 0) break;
      const chunkTokens = Math.min(left, job.promptLeft);
      left -= chunkTokens;
      shares.push({ job, chunkTokens });
    }
    return shares;
  }

  /** Records that a tick with these shares took `ms`, and removes the prompts that it finished. */
  evaluated(shares: readonly Share[], ms: number): void {
    const tokens = sum(shares.map(({ chunkTokens }) => chunkTokens));
    if (tokens === PREFILL_CHUNK_TOKENS) this.#rate.add(tokens, ms);
    this.#jobs = this.#jobs.filter((job) => job.prefilling);
  }

  /** How long a prompt of which `tokens` are to be evaluated would take; undefined before anything is measured. */
  estimate(tokens: number): PrefillEstimate | undefined {
    const { tokensPerSecond } = this.#rate;
    if (tokensPerSecond === undefined) return undefined;
    const left = this.#jobs.map(({ promptLeft }) => promptLeft);
    // prompts that don't have more left come first; the others get no more than every other chunk
    const before = tokens + sum(left.filter((other) => other <= tokens));
    const meanwhile = Math.min(before, sum(left.filter((other) => other > tokens)));
    return { estimateMs: ((before + meanwhile) * 1000) / tokensPerSecond, tokensPerSecond };
  }

  #shortestFirst(): Job[] {
    return this.#jobs.toSorted((a, b) => a.promptLeft - b.promptLeft);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
