/** The client started a request and didn't finish it in time. */
export class RequestTimeoutError extends Error {
  override readonly name = "RequestTimeoutError";
  /** @param requestMs - how long it had */
  constructor(readonly requestMs: number) {
    super(`The request wasn't complete after ${requestMs / 1000} s.`);
  }
}
