import type { BosRule } from "../../engine.js";
import type { ToChild } from "../protocol.js";

interface Counting {
  readonly resolve: (tokens: number) => void;
  readonly reject: (error: Error) => void;
}

export interface TokenCountsOptions {
  readonly send: (message: ToChild) => void;
  /** Called when the number of prompts changes. */
  readonly onChange: () => void;
}

/** The prompts whose tokens the engine process is counting. Their ids are those in its messages. */
export class TokenCounts {
  readonly #options: TokenCountsOptions;
  readonly #counting = new Map<number, Counting>();

  constructor(options: TokenCountsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#counting.size;
  }

  start(id: number, prompt: string, bos: BosRule): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#counting.set(id, { resolve, reject });
      this.#options.onChange();
      this.#options.send({ type: "count", id, prompt, bos });
    });
  }

  counted(id: number, tokens: number): void {
    this.#counting.get(id)?.resolve(tokens);
    this.#counting.delete(id);
    this.#options.onChange();
  }

  /** The process is gone. */
  failAll(error: Error): void {
    for (const counting of this.#counting.values()) counting.reject(error);
    this.#counting.clear();
  }
}
