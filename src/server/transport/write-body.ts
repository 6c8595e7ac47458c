import type { ApiResponse } from "../api-response.js";
import type { RequestRecord } from "../observe/index.js";
import type { ServerLimits } from "../limits.js";
import type { Exchange } from "./exchange.js";
import { type StreamContext, taken, writeStream } from "./write-stream.js";

const NOTHING = new Uint8Array();

/**
 * Writes a response's body, whole or as {@link writeStream} does, and ends it, unless its end is late: then {@link endLate} is to
 * follow. Resolves once all that was written has left.
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
  if (exchange.endsLate) {
    // nothing, but it leaves behind all the rest; where it can't, a 'close' follows
    await taken(exchange, context.limits.stallMs, (done) =>
      writable.write(NOTHING, (error) => !error && done()),
    );
    return;
  }
  await exchange.end();
  await taken(exchange, context.limits.stallMs, (done) => writable.once("finish", done));
}

/**
 * Ends a body whose last part has left, but only after `lastFrameMs`, or once the client has. Resolves when the end is written:
 * it is a few bytes, which nobody waits for.
 */
export async function endLate(exchange: Exchange, { lastFrameMs }: ServerLimits): Promise<void> {
  const { writable } = exchange;
  await new Promise<void>((resolve) => {
    const settle = () => {
      clearTimeout(timer);
      writable.off("close", settle);
      resolve();
    };
    const timer = setTimeout(settle, lastFrameMs);
    writable.on("close", settle);
    if (writable.destroyed) settle();
  });
  await exchange.end();
}
