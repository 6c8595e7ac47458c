/** The file that holds the keys can't be used. Nothing of what is in it is repeated: it holds secrets. */
export class KeyFileError extends Error {
  override readonly name = "KeyFileError";
  /**
   * @param file - its path
   * @param problem - what is wrong, where, and what to do; without a full stop
   */
  constructor(
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`The keys in ${file} can't be used: ${problem}.`, options);
  }
}
