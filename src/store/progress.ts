/** Tells how far a long piece of work is. Called at most a few times a second, and once at the end of each step. */
export type OnProgress = (progress: Progress) => void;

/** How far it is. */
export interface Progress {
  /** What is being fetched: the engine's program files, or a model. */
  readonly what: "engine" | "model";
  /** A short line for a person, such as `SmolLM2-135M-Instruct Q4_1 from Hugging Face`. */
  readonly label: string;
  /** Bytes so far; undefined where they can't be counted. */
  readonly doneBytes?: number;
  /** Bytes in all, if known. */
  readonly totalBytes?: number;
  /** True on the last call for this `what`. */
  readonly finished: boolean;
}

/** How often progress is told at most: smooth to the eye, and nothing beside the work itself. */
const INTERVAL_MS = 200;

/** Tells about one piece of work, often enough for a bar and no oftener. */
export class ProgressMeter {
  #last = -Infinity;
  #finished = false;

  /**
   * @param what - the kind of work
   * @param onProgress - who is told; nobody if undefined
   */
  constructor(
    readonly what: Progress["what"],
    readonly onProgress: OnProgress | undefined,
  ) {}

  /** Tells how far the work is, unless it was told a moment ago. */
  update(label: string, doneBytes?: number, totalBytes?: number): void {
    if (performance.now() - this.#last >= INTERVAL_MS) this.step(label, doneBytes, totalBytes);
  }

  /** Tells that a step begins or ended: always. */
  step(label: string, doneBytes?: number, totalBytes?: number): void {
    this.#tell(label, doneBytes, totalBytes, false);
  }

  /** Tells that all is done. */
  finish(label: string, totalBytes?: number): void {
    this.#tell(label, totalBytes, totalBytes, true);
  }

  #tell(
    label: string,
    doneBytes: number | undefined,
    totalBytes: number | undefined,
    finished: boolean,
  ): void {
    if (this.#finished) return; // a late look at a growing file
    this.#finished = finished;
    this.#last = performance.now();
    this.onProgress?.({
      what: this.what,
      label,
      finished,
      ...(doneBytes !== undefined && { doneBytes }),
      ...(totalBytes !== undefined && { totalBytes }),
    });
  }
}
