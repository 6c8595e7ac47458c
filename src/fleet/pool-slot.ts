import type { Engine } from "../engine/index.js";

/** An engine in the pool, and who needs it. */
export class PoolSlot {
  /** Whether it is to be closed, so that nobody new gets it. */
  evicting = false;
  /** When it was needed last, in ms of `performance.now()`. */
  usedAt = performance.now();
  #leases = 0;
  #onIdle: () => void = () => undefined;

  /** @param bytes - memory that it takes, by estimate */
  constructor(
    readonly weights: PoolWeights,
    readonly engine: Engine,
    readonly bytes: number,
  ) {}

  get idle(): boolean {
    return this.#leases === 0;
  }

  /** @returns a function that lets it go; calling it again does nothing */
  take(): () => void {
    this.#leases += 1;
    this.usedAt = performance.now();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#leases -= 1;
      this.usedAt = performance.now();
      if (this.idle) this.#onIdle();
    };
  }

  /** Resolves once nobody needs it. */
  async whenIdle(): Promise<void> {
    if (this.idle) return;
    await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }
}

/** Weights that an engine can be started with. */
export interface PoolWeights {
  /** What tells them from others: their file, say. Two models with the same weights share an engine. */
  readonly key: string;
  /** For a person. */
  readonly name: string;
  /** Tokens that a sequence is to hold. */
  readonly contextSize: number;
  /** Memory that they take while they run, in bytes. @param sequences - generations at once */
  memoryBytes(sequences: number): number;
}
