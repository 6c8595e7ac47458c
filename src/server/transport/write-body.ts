import type { ApiResponse } from "../api-response.js";
import type { RequestRecord } from "../observe/index.js";
import type { Exchange } from "./exchange.js";
import { type StreamContext, taken, writeStream } from "./write-stream.js";

/**
 * Writes a response's body, whole or as {@link writeStream} does, and ends it; resolves once all of it has left.
 *
 * @throws {ClientGoneError} nobody is there any more.
 * @throws {ReaderStalledError} the reader took nothing for `stallMs`.
 * @throws {FaultCutError} the connection is to be cut.
 */
export async function writeBody(
  exchange: Exchange,
  body: ApiResponse["body"],
  context: StreamContext,
  record: RequestRecord,
): Promise<void> {
  const { writable } = exchange;
  if (!(body instanceof Uint8Array)) await writeStream(exchange, body, context, record);
  else if (!writable.destroyed) writable.write(body);
  await exchange.end();
  await taken(exchange, context.limits.stallMs, (done) => writable.once("finish", done));
}
