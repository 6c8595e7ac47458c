/** Tells how far a long piece of work is. Called at most a few times a second, and once at the end of each step. */
export type OnProgress = (progress: Progress) => void;

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
