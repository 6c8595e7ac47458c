/** Receives the progress of a download. Called at most five times a second, and once at the end of each step. */
export type OnProgress = (progress: Progress) => void;

/** The progress of a download. */
export interface Progress {
  /** What is being fetched: the engine's program files, or a model. */
  readonly what: "engine" | "model";
  /** A short description to display, such as `SmolLM2-135M-Instruct Q4_1 from Hugging Face`. */
  readonly label: string;
  /** Bytes so far; undefined if they cannot be counted. */
  readonly doneBytes?: number;
  /** Bytes in total, if known. */
  readonly totalBytes?: number;
  /** True on the last call for this `what`. */
  readonly finished: boolean;
  /** True if it is the last call because the step failed or was interrupted. */
  readonly stopped?: true;
}

/** The least time between two updates: smooth to the eye, and negligible work. */
const INTERVAL_MS = 200;

/** Reports the progress of one download, limited to what a progress bar needs. */
export class ProgressMeter {
  #last = -Infinity;
  #finished = false;

  /**
   * @param what - what is being fetched
   * @param onProgress - receives the reports; undefined for none
   */
  constructor(
    readonly what: Progress["what"],
    readonly onProgress: OnProgress | undefined,
  ) {}

  /** Reports progress within a step, unless the last report was a moment ago. */
  update(label: string, doneBytes?: number, totalBytes?: number): void {
    if (performance.now() - this.#last >= INTERVAL_MS) this.step(label, doneBytes, totalBytes);
  }

  /** Reports the beginning or end of a step. */
  step(label: string, doneBytes?: number, totalBytes?: number): void {
    this.#report(label, doneBytes, totalBytes, false);
  }

  /** Reports the end. Later reports are dropped. */
  finish(label: string, totalBytes?: number): void {
    this.#report(label, totalBytes, totalBytes, true);
  }

  /** Reports that the download ended without a result. Later reports are dropped. */
  stop(label: string): void {
    this.#report(label, undefined, undefined, true, true);
  }

  #report(
    label: string,
    doneBytes: number | undefined,
    totalBytes: number | undefined,
    finished: boolean,
    stopped = false,
  ): void {
    if (this.#finished) return; // a late measurement of a growing file
    this.#finished = finished;
    this.#last = performance.now();
    this.onProgress?.({
      what: this.what,
      label,
      finished,
      ...(stopped && { stopped }),
      ...(doneBytes !== undefined && { doneBytes }),
      ...(totalBytes !== undefined && { totalBytes }),
    });
  }
}
