import type { Answer } from "./answer.js";
import { titleOf, type Column } from "./columns.js";

/**
 * A call failed because of a bug in its SDK, not because of the server, and can be repeated.
 *
 * There is one such bug, in the SDK for Go over HTTP/1.1: it closes a request's body once the response is there. Go's HTTP client
 * may still be reading the body's end, treats the closed body as a failed write, and closes the connection
 * while the response arrives. It is more likely with a fast server on a busy machine: seen once in about 500 calls on two busy
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

/** @throws {SdkFlawError} the answer is an error caused by this bug. */
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
