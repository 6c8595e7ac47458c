import type { EngineMemory } from "../../engine.js";

/** Keeps what the engine process says of its memory, and notices when it grows beyond what its work explains. */
export class MemoryWatch {
  readonly #growthBytes: number;
  #loadedBytes: number | undefined;
  #residentBytes = 0;
  #weightBytes = 0;
  #warned = false;

  /** @param growthBytes - how much it may hold beyond its weights and what it held after loading */
  constructor(growthBytes: number) {
    this.#growthBytes = growthBytes;
  }

  /** Undefined before the model is loaded. */
  get latest(): EngineMemory | undefined {
    if (this.#loadedBytes === undefined) return undefined;
    return { residentBytes: this.#residentBytes, loadedBytes: this.#loadedBytes };
  }

  /** Whether it holds more than it should. Weights come into memory as they are used, so all of them may still be to come. */
  get hasGrown(): boolean {
    if (this.#loadedBytes === undefined) return false;
    return this.#residentBytes > this.#loadedBytes + this.#weightBytes + this.#growthBytes;
  }

  /** @param residentBytes - what it holds now @param weightBytes - the weights' size */
  loaded(residentBytes: number, weightBytes: number): void {
    this.#loadedBytes = this.#residentBytes = residentBytes;
    this.#weightBytes = weightBytes;
  }

  update(residentBytes: number): void {
    this.#residentBytes = residentBytes;
  }

  /** True the first time. */
  warnOnce(): boolean {
    const first = !this.#warned;
    this.#warned = true;
    return first;
  }
}

/** One sentence for a person. */
export function describeGrowth({ residentBytes, loadedBytes }: EngineMemory): string {
  return `The engine process holds ${megabytes(residentBytes)} MB, ${megabytes(residentBytes - loadedBytes)} MB more than after loading.`;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
