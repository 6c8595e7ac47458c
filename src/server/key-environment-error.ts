/** The environment names a key in part. */
export class KeyEnvironmentError extends Error {
  override readonly name = "KeyEnvironmentError";
  /** @param variable - the one that says something wrong, or nothing */
  constructor(
    readonly variable: string,
    problem: string,
  ) {
    super(`${variable} ${problem}.`);
  }
}
