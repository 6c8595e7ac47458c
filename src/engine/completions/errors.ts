/** A server refused a request for what it holds. Ends inside: callers see the errors of an engine. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  /** @param answer - the server's JSON, if it is any */
  constructor(
    message: string,
    readonly answer: unknown,
  ) {
    super(message);
  }
}
