import type { Answer } from "./answer.js";
import { titleOf, type Column } from "./columns.js";

/**
 * A call failed for a flaw of its SDK, whatever the server did, and is worth another try.
 *
 * There is one such flaw, in the SDK for Go over HTTP/1.1: it closes a request's body once the response is there. Go's HTTP client
 * may by then still be looking for the body's end, takes what it finds for a failed write, and closes the connection
 * under the response. The quicker the server and the busier the machine, the likelier; seen once in some 500 calls on two busy
 * cores, with smithy-go 1.28.9 and Go 1.26.8.
 */
export class SdkFlawError extends Error {
  override readonly name = "SdkFlawError";
  readonly column: Column;

  constructor(column: Column, message: string) {
    super(`${titleOf(column)} failed for a flaw of its own: ${message}`);
    this.column = column;
  }
}

/** @throws {SdkFlawError} it's no answer, but the flaw. */
export function withoutFlaw(column: Column, answer: Answer): Answer {
  const message = answer.error?.message ?? "";
  if (
    column.sdk === "Go" &&
    column.http === "HTTP/1.1" &&
    message.includes("use of closed network connection")
  ) {
    throw new SdkFlawError(column, message);
  }
  return answer;
}
