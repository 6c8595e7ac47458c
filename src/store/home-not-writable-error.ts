/** Something has to be fetched, and Cria's folder can't be written to. */
export class HomeNotWritableError extends Error {
  override readonly name = "HomeNotWritableError";
  /**
   * @param directory - what can't be written to
   * @param code - the system's code, such as `EACCES` or `EROFS`
   */
  constructor(
    readonly directory: string,
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(`Can't write to ${directory} (${code}). Set CRIA_HOME to a folder you may write to.`, options);
  }
}
