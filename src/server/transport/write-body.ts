import { ClientGoneError, ReaderStalledError } from "../errors.js";
import type { ServerLimits } from "../limits.js";
import type { Exchange } from "./exchange.js";

const NOTHING = new Uint8Array();

/**
 * Writes a body that is whole already, and ends the response; resolves once all of it has left.
 *
 * @throws {ClientGoneError} nobody is there any more.
 * @throws {ReaderStalledError} the reader took nothing for `stallMs`.
 */
export async function writeBody(
  exchange: Exchange,
  body: Uint8Array,
  { limits }: { readonly limits: ServerLimits },
): Promise<void> {
  const { writable } = exchange;
  if (!writable.destroyed) writable.write(body);
  await endBody(exchange, limits);
}

/**
 * Ends a body, unless its end is to come late: then {@link endDelayed} is to follow. Resolves once all that was written has left.
 *
 * @throws {ClientGoneError} {@link ReaderStalledError} as {@link writeBody}.
 */
export async function endBody(exchange: Exchange, { stallMs }: ServerLimits): Promise<void> {
  const { writable } = exchange;
  if (exchange.delaysEnd) {
    // an empty write leaves after all the others; where it can't, a 'close' follows
    await waitForDrain(exchange, stallMs, (done) => writable.write(NOTHING, (error) => !error && done()));
    return;
  }
  await exchange.end();
  await waitForDrain(exchange, stallMs, (done) => writable.once("finish", done));
}

/**
 * Ends a body whose last frame has left, after `lastFrameMs` or once the client has gone. Resolves when the end is written: it is a
 * few bytes, which nobody waits for.
 */
export async function endDelayed(exchange: Exchange, { lastFrameMs }: ServerLimits): Promise<void> {
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

/**
 * Waits until the reader has taken something.
 *
 * @param start - calls back when it has
 * @throws {ClientGoneError} {@link ReaderStalledError} as {@link writeBody}.
 */
export function waitForDrain(exchange: Exchange, stallMs: number, start: (done: () => void) => void): Promise<void> {
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
