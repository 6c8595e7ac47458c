import type { LlamaTotals } from "../client/index.js";

/** When what happened, for `--stats`. */
export class Stopwatch {
  readonly #start = performance.now();
  #firstText: number | undefined;
  #lastChunk = this.#start;

  /** A chunk came. */
  chunk(text: string): void {
    this.#lastChunk = performance.now();
    if (text !== "") this.#firstText ??= this.#lastChunk;
  }

  /** One line for a person. The rate is that of decoding: it leaves out the wait for the first token. */
  summary(totals: LlamaTotals, model: string): string {
    const { promptTokenCount, generationTokenCount, stopReason } = totals;
    const first = this.#firstText ?? this.#lastChunk;
    const seconds = (this.#lastChunk - first) / 1000;
    const rate = seconds > 0 ? `${((generationTokenCount - 1) / seconds).toFixed(1)} tokens/s` : "one chunk";
    return [
      `${promptTokenCount} tokens in`,
      `${generationTokenCount} out (${stopReason ?? "cut"})`,
      rate,
      `first text after ${((first - this.#start) / 1000).toFixed(2)} s`,
      model,
    ].join(" · ");
  }
}
