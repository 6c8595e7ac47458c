import type { FrameCodec } from "../../bedrock/index.js";
import { ClientGoneError, FaultCutError } from "../errors.js";
import type { ServerLimits } from "../limits.js";
import type { Exchange } from "./exchange.js";
import { FrameWriter, type SilenceWatch } from "./frame-writer.js";
import { endBody, waitForDrain } from "./write-body.js";

/** Events, how each becomes a frame, and whether the next one waits for the engine. */
export interface Frames<E> {
  readonly events: AsyncIterable<E>;
  readonly frames: FrameCodec<E>;
  awaitsEngine(): boolean;
}

/** What all streams of a server are written with. */
export interface StreamContext {
  readonly limits: ServerLimits;
  readonly silenceWatch: SilenceWatch;
}

/**
 * Writes a stream's events, a frame an event, each as it comes, and ends the response. While the engine's next token takes long, the
 * beginning of its frame is written.
 *
 * A reader that is more than `readerLagBytes` behind isn't given more: the stream isn't asked for its next event, which pauses the
 * generation behind it.
 *
 * @param exceptionFrame - makes the frame that ends a stream which fails; throws where nobody is to be told
 * @throws {ClientGoneError} nobody is there any more.
 * @throws {ReaderStalledError} the reader took nothing for `stallMs`.
 * @throws {FaultCutError} the connection is to be cut.
 */
export async function writeStream<E>(
  exchange: Exchange,
  stream: Frames<E>,
  { limits, silenceWatch }: StreamContext,
  exceptionFrame: (error: unknown) => Uint8Array,
): Promise<void> {
  const { writable } = exchange;
  const { readerLagBytes, stallMs } = limits;
  const writer = new FrameWriter(stream.frames, limits.silenceMs);
  const keepsUp = (bytes: Uint8Array) => writable.writableLength + bytes.length <= readerLagBytes;
  /** Undefined where nothing has to be waited for: a promise for each token would cost something. */
  const send = (bytes: Uint8Array): Promise<void> | undefined => {
    if (writable.destroyed) throw new ClientGoneError();
    if (!keepsUp(bytes)) return waitForDrain(exchange, stallMs, (done) => writable.write(bytes, done));
    writable.write(bytes);
    return undefined;
  };

  const watched = {
    check(now: number) {
      // it is no silence if the reader hasn't taken yet what was sent before; nor is the next event awaited then
      if (!stream.awaitsEngine() || writable.destroyed || writable.writableLength > 0) return;
      const bytes = writer.wait(now);
      if (bytes.length > 0) writable.write(bytes);
    },
  };
  silenceWatch.add(watched);
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
    await send(writer.finish(exceptionFrame(error)));
  } finally {
    silenceWatch.delete(watched);
  }
  await endBody(exchange, limits);
}
