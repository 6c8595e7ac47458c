/** The client closed the connection, or reset the stream, before it had its whole response. */
export class ClientGoneError extends Error {
  override readonly name = "ClientGoneError";
  constructor() {
    super("The client went away before its response was complete.");
  }
}
