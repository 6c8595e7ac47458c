import type { LlamaTotals } from "../client/index.js";

/** Times the chunks of one answer, for `--stats`. */
export class Stopwatch {
  readonly #start = performance.now();
  #firstText: number | undefined;
  #lastChunk = this.#start;

  /** Records the arrival of a chunk. @param text - its text, which may be empty */
  onChunk(text: string): void {
    this.#lastChunk = performance.now();
    if (text !== "") this.#firstText ??= this.#lastChunk;
  }

  /** The statistics in one line. The rate is that of decoding: the wait for the first token doesn't count. */
  summary(totals: LlamaTotals, model: string): string {
    const { promptTokenCount, generationTokenCount, stopReason } = totals;
    const first = this.#firstText ?? this.#lastChunk;
    const seconds = (this.#lastChunk - first) / 1000;
    const rate = seconds > 0 ? `${((generationTokenCount - 1) / seconds).toFixed(1)} tokens/s` : "one chunk";
    return [
      `${promptTokenCount} tokens in`,
      `${generationTokenCount} out (${stopReason ?? "incomplete"})`,
      rate,
      `first text after ${((first - this.#start) / 1000).toFixed(2)} s`,
      model,
    ].join(" · ");
  }
}
