/** A generation took longer than any may, and was ended. */
export class EngineTimeoutError extends Error {
  override readonly name = "EngineTimeoutError";
  /** @param limitMs - how long it might have taken, in milliseconds */
  constructor(readonly limitMs: number) {
    super(`The generation took longer than ${limitMs / 1000} s.`);
  }
}
