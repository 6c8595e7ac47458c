/** The model file that was asked for can't be served. */
export class ModelFileError extends Error {
  override readonly name = "ModelFileError";
  constructor(
    readonly file: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`The model file ${file} ${reason}`, options);
  }
}
