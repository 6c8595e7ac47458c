/** The client stayed connected but stopped reading. */
export class ReaderStalledError extends Error {
  override readonly name = "ReaderStalledError";
  /** @param stallMs - for how long it had read nothing */
  constructor(readonly stallMs: number) {
    super(`The client read nothing for ${stallMs / 1000} s.`);
  }
}
