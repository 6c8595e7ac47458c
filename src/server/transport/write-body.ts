import { ClientGoneError, ReaderStalledError } from "../errors.js";
import type { ServerLimits } from "../limits.js";
import type { Exchange } from "./exchange.js";

const NOTHING = new Uint8Array();

/**
 * Bytes of a complete body that are written at once. Node tells only that a whole write has been read: written at once, a large body whose
 * client reads slowly for `stallMs` would look unread. Four of HTTP/2's frames; most answers are smaller.
 */
const PIECE_BYTES = 64 * 1024;

/**
 * Writes a complete body and ends the response; resolves once all of it is sent.
 *
 * @throws {ClientGoneError} the client disconnected.
 * @throws {ReaderStalledError} the client read nothing for `stallMs`.
 */
export async function writeBody(
  exchange: Exchange,
  body: Uint8Array,
  { limits }: { readonly limits: ServerLimits },
): Promise<void> {
  const { writable } = exchange;
  let rest = body;
  for (; rest.length > PIECE_BYTES; rest = rest.subarray(PIECE_BYTES)) {
    const piece = rest.subarray(0, PIECE_BYTES);
    // if the write fails, 'close' follows
    await waitForDrain(exchange, limits.stallMs, (done) =>
      writable.write(piece, (error) => !error && done()),
    );
  }
  if (!writable.destroyed) writable.write(rest);
  await endBody(exchange, limits);
}

/**
 * Ends a body, unless its end is delayed: then call {@link endDelayed} next. Resolves once everything written is sent.
 *
 * @throws {ClientGoneError} {@link ReaderStalledError} as {@link writeBody}.
 */
export async function endBody(exchange: Exchange, { stallMs }: ServerLimits): Promise<void> {
  const { writable } = exchange;
  if (exchange.delaysEnd) {
    // the callback of an empty write runs after all earlier writes; if the write fails, 'close' follows
    await waitForDrain(exchange, stallMs, (done) => writable.write(NOTHING, (error) => !error && done()));
    return;
  }
  await exchange.end();
  await waitForDrain(exchange, stallMs, (done) => writable.once("finish", done));
}

/**
 * Ends a body `lastFrameMs` after its last frame was sent, or once the client has disconnected. Resolves when the end is written,
 * without waiting until it is sent.
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

/** How often, in ms, it is checked whether a reader has taken anything: a fifth of the shortest time that matters ({@link ReaderCredit}). */
const READER_CHECK_MS = 100;

/**
 * Starts a write and waits until the client has read it.
 *
 * @param start - starts the write, and calls `done` when it is finished
 * @param onCheck - called now and then, with the time since the last call, in ms, and the bytes read meanwhile; an error ends the wait
 * @throws {ClientGoneError} {@link ReaderStalledError} as {@link writeBody}.
 * @throws what `onCheck` returns.
 */
export function waitForDrain(
  exchange: Exchange,
  stallMs: number,
  start: (done: () => void) => void,
  onCheck: (ms: number, bytes: number) => Error | undefined = () => undefined,
): Promise<void> {
  const { writable } = exchange;
  const checkMs = Math.min(stallMs, READER_CHECK_MS);
  return new Promise((resolve, reject) => {
    let behind = 0;
    let silentMs = 0;
    const settle = (end: () => void) => {
      clearInterval(watch);
      writable.off("close", onClose);
      end();
    };
    const onDone = () => settle(resolve);
    const onClose = () => settle(() => (exchange.isComplete() ? resolve() : reject(new ClientGoneError())));
    const watch = setInterval(() => {
      const read = Math.max(0, behind - writable.writableLength);
      behind = writable.writableLength;
      silentMs = read > 0 ? 0 : silentMs + checkMs;
      const failure = silentMs >= stallMs ? new ReaderStalledError(stallMs) : onCheck(checkMs, read);
      if (failure) settle(() => reject(failure));
    }, checkMs);
    writable.on("close", onClose);
    start(onDone);
    behind = writable.writableLength;
    if (exchange.isComplete()) onDone();
    else if (writable.destroyed) onClose();
  });
}
