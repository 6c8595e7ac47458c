import { encodeExceptionFrame } from "../../bedrock/index.js";
import type { EventStream } from "../api-response.js";
import { ClientGoneError, FaultCutError, ReaderStalledError } from "../errors.js";
import { isUnanswerable, recordException, toStreamException } from "../exception-mapping.js";
import type { ServerLimits } from "../limits.js";
import type { RequestRecord } from "../observe/index.js";
import type { Exchange } from "./exchange.js";
import { FrameWriter, type SilenceWatch } from "./frame-writer.js";

/** What all streams of a server are written with. */
export interface StreamContext {
  readonly limits: ServerLimits;
  readonly silences: SilenceWatch;
}

/**
 * Writes a stream's events, a frame an event, each as it comes, and the exception that ends it where it fails: status 200 is out by
 * then, so that is the one way to tell every SDK (measured). While the engine's next token is awaited for long, the beginning of its
 * frame is written.
 *
 * A reader that is more than `readerLagBytes` behind isn't given more: the stream isn't asked for its next event, which pauses the
 * generation behind it.
 *
 * @throws {ClientGoneError} nobody is there any more.
 * @throws {ReaderStalledError} the reader took nothing for `stallMs`.
 * @throws {FaultCutError} the connection is to be cut.
 */
export async function writeStream<E>(
  exchange: Exchange,
  stream: EventStream<E>,
  { limits, silences }: StreamContext,
  record: RequestRecord,
): Promise<void> {
  const { writable } = exchange;
  const { readerLagBytes, stallMs } = limits;
  const writer = new FrameWriter(stream.frames, limits.silenceMs);
  const keepsUp = (bytes: Uint8Array) => writable.writableLength + bytes.length <= readerLagBytes;
  /** Undefined where nothing has to be waited for: a promise for each token would cost something. */
  const send = (bytes: Uint8Array): Promise<void> | undefined => {
    if (writable.destroyed) throw new ClientGoneError();
    if (!keepsUp(bytes)) return taken(exchange, stallMs, (done) => writable.write(bytes, done));
    writable.write(bytes);
    return undefined;
  };

  const watched = {
    look(now: number) {
      // it is no silence if the reader hasn't taken yet what was sent before; nor is the next event awaited then
      if (!stream.awaitsEngine() || writable.destroyed || writable.writableLength > 0) return;
      const bytes = writer.wait(now);
      if (bytes.length > 0) writable.write(bytes);
    },
  };
  silences.add(watched);
  try {
    // iterated even if the client has left already: only a stream that has begun can clean up behind itself
    for await (const event of stream.events) {
      const lag = send(writer.write(event));
      if (lag) await lag;
    }
  } catch (error) {
    if (error instanceof FaultCutError) {
      const rest = writer.finish();
      if (rest.length > 0 && !writable.destroyed && keepsUp(rest)) writable.write(rest);
    }
    if (isUnanswerable(error)) throw error;
    const exception = toStreamException(error, stream.exceptions);
    recordException(record, exception);
    await send(writer.finish(encodeExceptionFrame(exception)));
  } finally {
    silences.delete(watched);
  }
}

/**
 * Waits until the reader has taken something.
 *
 * @param start - calls back when it has
 */
export function taken(exchange: Exchange, stallMs: number, start: (done: () => void) => void): Promise<void> {
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
