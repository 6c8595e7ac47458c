import type { AddonContext, AddonSampler, TokenId } from "./bindings.js";

/** One of the contexts, and the numbers of its sequences among all. */
interface Part {
  readonly context: AddonContext;
  readonly firstSequence: number;
  readonly sequences: number;
}

/** Tokens that were added to a batch. Its logits get their index in the part's own batch when that is decoded. */
interface Added {
  readonly part: Part;
  readonly sequence: number;
  readonly position: number;
  readonly tokens: Uint32Array;
  readonly logitIndexes: Uint32Array;
  /** The index that the first of its logits has for the caller. */
  readonly firstLogit: number;
}

/**
 * Several contexts of one model in the place of one, their sequences numbered through: llama.cpp gives all sequences of a context the
 * same size. A batch with sequences of two contexts takes a pass over the weights for each.
 */
export class DividedContext implements AddonContext {
  readonly #parts: readonly Part[];
  #batch: Added[] = [];
  #logits: { readonly context: AddonContext; readonly index: number }[] = [];
  #logitCount = 0;

  constructor(parts: readonly { readonly context: AddonContext; readonly sequences: number }[]) {
    let firstSequence = 0;
    this.#parts = parts.map((part) => {
      const first = firstSequence;
      firstSequence += part.sequences;
      return { ...part, firstSequence: first };
    });
  }

  async init(): Promise<boolean> {
    for (const { context } of this.#parts) if (!(await context.init())) return false;
    return true;
  }

  initBatch(): void {
    this.#batch = [];
    this.#logits = [];
    this.#logitCount = 0;
  }

  addToBatch(
    sequence: number,
    position: number,
    tokens: Uint32Array,
    logitIndexes: Uint32Array,
  ): ArrayLike<number> {
    const firstLogit = this.#logitCount;
    this.#logitCount += logitIndexes.length;
    const part = this.#partOf(sequence);
    this.#batch.push({ part, sequence, position, tokens, logitIndexes, firstLogit });
    return Array.from(logitIndexes, (_, i) => firstLogit + i);
  }

  async decodeBatch(): Promise<void> {
    for (const part of this.#parts) {
      const added = this.#batch.filter((each) => each.part === part);
      if (added.length > 0) await this.#decode(part, added);
    }
  }

  readonly sampleToken = ((logit: number, sampler: AddonSampler, candidates?: true): Promise<unknown> => {
    const found = this.#logits[logit];
    if (!found) return Promise.resolve(-1 satisfies TokenId);
    const { context, index } = found;
    return candidates ? context.sampleToken(index, sampler, true) : context.sampleToken(index, sampler);
  }) as AddonContext["sampleToken"];

  removeTokenCellsFromSequence(sequence: number, start: number, end: number): boolean {
    const { context, firstSequence } = this.#partOf(sequence);
    return context.removeTokenCellsFromSequence(sequence - firstSequence, start, end);
  }

  getSequenceKvCacheMinPosition(sequence: number): number {
    const { context, firstSequence } = this.#partOf(sequence);
    return context.getSequenceKvCacheMinPosition(sequence - firstSequence);
  }

  setThreads(threads: number): void {
    for (const { context } of this.#parts) context.setThreads(threads);
  }

  #partOf(sequence: number): Part {
    const part = this.#parts.findLast(({ firstSequence }) => sequence >= firstSequence);
    if (!part) throw new RangeError(`There is no sequence ${sequence}.`);
    return part;
  }

  /** The batch of the part runs when this returns its promise. */
  #decode({ context, firstSequence }: Part, added: readonly Added[]): Promise<void> {
    context.initBatch(added.reduce((sum, { tokens }) => sum + tokens.length, 0));
    for (const { sequence, position, tokens, logitIndexes, firstLogit } of added) {
      const indexes = context.addToBatch(sequence - firstSequence, position, tokens, logitIndexes);
      for (const [i, index] of Array.from(indexes).entries())
        this.#logits[firstLogit + i] = { context, index };
    }
    return context.decodeBatch();
  }
}
