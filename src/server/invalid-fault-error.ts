/** A fault was asked for in words that aren't those of {@link parseFault}. */
export class InvalidFaultError extends Error {
  override readonly name = "InvalidFaultError";
  /** @param text - as it was written @param expected - what would do */
  constructor(
    readonly text: string,
    expected: string,
  ) {
    super(`The fault "${text}" can't be read: ${expected}.`);
  }
}
