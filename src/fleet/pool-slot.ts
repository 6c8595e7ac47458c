import type { Engine } from "../engine/index.js";
import type { CacheLayout } from "../models/index.js";

/** An engine in the pool, and how many requests use it. */
export class PoolSlot {
  /** Whether it's about to be closed. New requests don't get it. */
  evicting = false;
  /** When it was last used, in ms of `performance.now()`. */
  usedAt = performance.now();
  #leases = 0;
  #onIdle: () => void = () => undefined;

  /** @param bytes - the memory that it needs, by estimate */
  constructor(
    readonly weights: PoolWeights,
    readonly engine: Engine,
    readonly bytes: number,
  ) {}

  get idle(): boolean {
    return this.#leases === 0;
  }

  /** @returns a function that releases it; calling it again does nothing */
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

  /** Resolves once no request uses it. */
  async whenIdle(): Promise<void> {
    if (this.idle) return;
    await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }
}

/** Weights that an engine can be started with. */
export interface PoolWeights {
  /** Identifies the weights, for example by their file. Two models with the same weights share an engine. */
  readonly key: string;
  /** Display name. */
  readonly name: string;
  /** Tokens per sequence. */
  readonly contextSize: number;
  /** Numbers in a head's key. */
  readonly headSize: number;
  /** The memory that a running engine needs, in bytes. */
  memoryBytes(layout: CacheLayout): number;
}
