/** What is wrong with a file that should be a model. */
export type ModelFileProblem =
  | "missing"
  | "directory"
  | "unreadable"
  | "empty"
  | "git-lfs"
  | "not-gguf"
  | "version"
  | "truncated"
  | "damaged"
  | "part";

/** A file that was named as a model isn't one. */
export class ModelFileError extends Error {
  override readonly name = "ModelFileError";
  /**
   * @param path - the file
   * @param problem - what is wrong with it
   * @param message - the same for a person, with what to do
   */
  constructor(
    readonly path: string,
    readonly problem: ModelFileProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
