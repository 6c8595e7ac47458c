/** The bytes that came aren't the model's. They were deleted. */
export class ChecksumError extends Error {
  override readonly name = "ChecksumError";
  /**
   * @param expected - SHA-256 in hexadecimal
   * @param actual - SHA-256 of what came
   */
  constructor(
    readonly expected: string,
    readonly actual: string,
  ) {
    super(`wrong bytes came: their SHA-256 is ${actual}, not ${expected}`);
  }
}
