/** The server is being closed and the request didn't end in the time left to it. */
export class ServerClosingError extends Error {
  override readonly name = "ServerClosingError";
  constructor() {
    super("Cria is shutting down.");
  }
}
