import type { FrameCodec } from "../../bedrock/index.js";
import { ClientGoneError, FaultCutError } from "../errors.js";
import type { ServerLimits } from "../limits.js";
import type { Exchange } from "./exchange.js";
import { FrameWriter, type SilenceWatch } from "./frame-writer.js";
import { endBody, waitForDrain } from "./write-body.js";

/** The events of a stream, their codec, and whether the next event depends on the engine. */
export interface Frames<E> {
  readonly events: AsyncIterable<E>;
  readonly frames: FrameCodec<E>;
  awaitsEngine(): boolean;
}

/** What the streams of a server share. */
export interface StreamContext {
  readonly limits: ServerLimits;
  readonly silenceWatch: SilenceWatch;
}

/**
 * Writes each event of a stream in a frame, as soon as the event is there, and ends the response. If the engine's next token takes long,
 * the beginning of its frame is written meanwhile.
 *
 * Backpressure: with more than `readerLagBytes` unread, the next event isn't requested, which pauses the generation.
 *
 * @param exceptionFrame - makes the frame that ends a failed stream; throws if no reply can or may be sent
 * @throws {ClientGoneError} the client disconnected.
 * @throws {ReaderStalledError} the client read nothing for `stallMs`.
 * @throws {FaultCutError} an injected fault cuts the connection.
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
  /** Returns undefined instead of a resolved promise, to save the cost of a promise for each token. */
  const send = (bytes: Uint8Array): Promise<void> | undefined => {
    if (writable.destroyed) throw new ClientGoneError();
    if (!keepsUp(bytes)) return waitForDrain(exchange, stallMs, (done) => writable.write(bytes, done));
    writable.write(bytes);
    return undefined;
  };

  const watched = {
    check(now: number) {
      // with bytes still unread the stream isn't silent, and its next event may not be requested yet
      if (!stream.awaitsEngine() || writable.destroyed || writable.writableLength > 0) return;
      const bytes = writer.wait(now);
      if (bytes.length > 0) writable.write(bytes);
    },
  };
  silenceWatch.add(watched);
  try {
    // iterated even if the client has gone: a generator that hasn't started doesn't run its `finally`
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
