import type { ApiResponse } from "../api-response.js";
import { ClientGoneError, ReaderStalledError } from "../errors.js";
import type { ServerLimits } from "../limits.js";
import type { Exchange } from "./exchange.js";

/**
 * Writes a response's body, each part as it comes, and ends it; resolves once all of it has left. A reader that is more than
 * `readerLagBytes` behind isn't given more: the body isn't asked for its next part, which pauses the generation behind it.
 *
 * @throws {ClientGoneError} nobody is there any more.
 * @throws {ReaderStalledError} the reader took nothing for `stallMs`.
 */
export async function writeBody(
  exchange: Exchange,
  body: ApiResponse["body"],
  { readerLagBytes, stallMs }: ServerLimits,
): Promise<void> {
  const { writable } = exchange;
  if (body instanceof Uint8Array) {
    if (!writable.destroyed) writable.write(body);
  } else {
    // iterated even if the client has left already: only a body that has begun can clean up behind itself
    for await (const part of body) {
      if (writable.destroyed) throw new ClientGoneError();
      if (writable.writableLength + part.length <= readerLagBytes) writable.write(part);
      else await taken(exchange, stallMs, (done) => writable.write(part, done));
    }
  }
  await exchange.end();
  await taken(exchange, stallMs, (done) => writable.once("finish", done));
}

/**
 * Waits until the reader has taken something.
 *
 * @param start - calls back when it has
 */
function taken(exchange: Exchange, stallMs: number, start: (done: () => void) => void): Promise<void> {
  const { writable } = exchange;
  return new Promise((resolve, reject) => {
    let behind = Infinity;
    const settle = (end: () => void) => {
      clearInterval(watch);
      writable.off("close", onClose);
      end();
    };
    const onDone = () => settle(resolve);
    const onClose = () => settle(() => (exchange.isComplete() ? resolve() : reject(new ClientGoneError())));
    const watch = setInterval(() => {
      const now = writable.writableLength;
      if (now >= behind) settle(() => reject(new ReaderStalledError(stallMs)));
      behind = now;
    }, stallMs);
    writable.on("close", onClose);
    start(onDone);
    behind = writable.writableLength;
    if (exchange.isComplete()) onDone();
    else if (writable.destroyed) onClose();
  });
}
