import type { EngineMemory } from "../../engine.js";

/** Keeps the memory that the engine process reports, and detects growth that its work doesn't explain. */
export class MemoryWatch {
  readonly #growthBytes: number;
  #loadedBytes: number | undefined;
  #residentBytes = 0;
  #weightBytes = 0;
  #warned = false;

  /** @param growthBytes - bytes that it may use beyond its weights and what it used after loading */
  constructor(growthBytes: number) {
    this.#growthBytes = growthBytes;
  }

  /** Undefined before the model is loaded. */
  get latest(): EngineMemory | undefined {
    if (this.#loadedBytes === undefined) return undefined;
    return { residentBytes: this.#residentBytes, loadedBytes: this.#loadedBytes };
  }

  /** Whether it uses more than it should. Weights are paged in as they are used, so they may all be added after loading. */
  get hasGrown(): boolean {
    if (this.#loadedBytes === undefined) return false;
    return this.#residentBytes > this.#loadedBytes + this.#weightBytes + this.#growthBytes;
  }

  /** @param residentBytes - what it uses now @param weightBytes - the size of the weights */
  loaded(residentBytes: number, weightBytes: number): void {
    this.#loadedBytes = this.#residentBytes = residentBytes;
    this.#weightBytes = weightBytes;
  }

  update(residentBytes: number): void {
    this.#residentBytes = residentBytes;
  }

  /** Returns true the first time only. */
  warnOnce(): boolean {
    const first = !this.#warned;
    this.#warned = true;
    return first;
  }
}

/** Describes the growth in one sentence for the user. */
export function describeGrowth({ residentBytes, loadedBytes }: EngineMemory): string {
  return `The engine process uses ${megabytes(residentBytes)} MB, ${megabytes(residentBytes - loadedBytes)} MB more than after loading.`;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
