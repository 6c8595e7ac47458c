/** A file says that it's a GGUF, and isn't one that can be understood. */
export class GgufFormatError extends Error {
  override readonly name = "GgufFormatError";
  /** @param truncated - it ends before what it says of itself */
  constructor(
    readonly reason: string,
    readonly truncated = false,
  ) {
    super(reason);
  }
}
