/**
 * Generations after which what they left is looked for. Each leaves the binding's sampler, which holds 12 bytes for every token of
 * the vocabulary (1.5 MB for Llama 3) until its JavaScript object is collected, and V8 sees only that small object: left to itself it
 * let 300 MB pile up. Every 16 costs 1 ms each time.
 */
const YOUNG_AFTER = 16;

/** The same for those that lived long, which only a full collection finds: some 50 ms, so only with nothing to do … */
const OLD_AFTER_IDLE = 16;

/** … or when too many may have gathered: 100 MB of them, with Llama 3's vocabulary. */
const OLD_AFTER = 64;

/** V8's own function. @param youngOnly - only what was made lately, which takes a millisecond */
export type CollectGarbage = (youngOnly: boolean) => void;

/** Has the samplers of past generations freed in time. */
export class SamplerGarbage {
  readonly #collect: CollectGarbage;
  #sinceYoung = 0;
  #sinceOld = 0;

  /** @param collect - V8's `gc`, which is there with `--expose-gc` */
  constructor(collect: CollectGarbage) {
    this.#collect = collect;
  }

  /** A generation is over. */
  generationEnded(): void {
    this.#sinceYoung += 1;
    this.#sinceOld += 1;
    if (this.#sinceOld >= OLD_AFTER) this.#old();
    else if (this.#sinceYoung >= YOUNG_AFTER) {
      this.#sinceYoung = 0;
      this.#collect(true);
    }
  }

  /** Nothing runs. */
  idle(): void {
    if (this.#sinceOld >= OLD_AFTER_IDLE) this.#old();
  }

  #old(): void {
    this.#sinceYoung = this.#sinceOld = 0;
    this.#collect(false);
  }
}
