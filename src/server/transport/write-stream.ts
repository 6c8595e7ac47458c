import { BedrockException, type FrameCodec } from "../../bedrock/index.js";
import { ClientGoneError, FaultCutError } from "../errors.js";
import type { ServerLimits } from "../limits.js";
import type { Exchange } from "./exchange.js";
import { FrameWriter, type SilenceWatch } from "./frame-writer.js";
import { ReaderCredit } from "./reader-credit.js";
import { endBody, waitForDrain } from "./write-body.js";

/** The events of a stream, their codec, and whether the next event depends on the engine. */
export interface Frames<E> {
  readonly events: AsyncIterable<E>;
  readonly frames: FrameCodec<E>;
  awaitsEngine(): boolean;
}

/** What the writer of a stream asks the request that it answers. */
export interface StreamOwner {
  /** Whether another request waits for the sequence of this stream's generation. */
  isWanted(): boolean;
  /** Makes the frame that ends a failed stream; throws if no reply can or may be sent. */
  exceptionFrame(error: unknown): Uint8Array;
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
 * Backpressure: with more than `readerLagBytes` unread, the next event isn't requested, which pauses the generation. If another request waits
 * for the sequence, and the reader has used up what it has earned by reading ({@link ReaderCredit}, at most `giveWayMs`), the generation ends.
 * The exception frame that says so is queued behind what is unread; if that isn't read either, the client is disconnected.
 *
 * @throws {ClientGoneError} the client disconnected.
 * @throws {ReaderStalledError} the client read nothing for `stallMs`.
 * @throws {FaultCutError} an injected fault cuts the connection.
 */
export async function writeStream<E>(
  exchange: Exchange,
  stream: Frames<E>,
  { limits, silenceWatch }: StreamContext,
  owner: StreamOwner,
): Promise<void> {
  const { writable } = exchange;
  const { readerLagBytes, stallMs, giveWayMs } = limits;
  const writer = new FrameWriter(stream.frames, limits.silenceMs);
  const keepsUp = (bytes: Uint8Array) => writable.writableLength + bytes.length <= readerLagBytes;
  const credit = new ReaderCredit(giveWayMs);
  let runsSince = performance.now();
  let written = 0;
  const write = (bytes: Uint8Array, done?: () => void) => {
    written += bytes.length;
    writable.write(bytes, done);
  };
  /** Writes while the generation stands still, until everything has been read. */
  const writeSlowly = async (bytes: Uint8Array, mayGiveWay: boolean) => {
    credit.ran(performance.now() - runsSince, written - writable.writableLength);
    await waitForDrain(
      exchange,
      stallMs,
      (done) => write(bytes, done),
      (ms, read) => {
        credit.stoodStill(ms, read);
        return mayGiveWay && credit.isUsedUp && owner.isWanted() ? gaveWay() : undefined;
      },
    );
    runsSince = performance.now();
    written = 0;
  };
  /** Returns undefined instead of a resolved promise, to save the cost of a promise for each token. */
  const send = (bytes: Uint8Array, mayGiveWay: boolean): Promise<void> | undefined => {
    if (writable.destroyed) throw new ClientGoneError();
    if (!keepsUp(bytes)) return writeSlowly(bytes, mayGiveWay);
    write(bytes);
    return undefined;
  };

  const watched = {
    check(now: number) {
      // with bytes still unread the stream isn't silent, and its next event may not be requested yet
      if (!stream.awaitsEngine() || writable.destroyed || writable.writableLength > 0) return;
      const bytes = writer.wait(now);
      if (bytes.length > 0) write(bytes);
    },
  };
  silenceWatch.add(watched);
  try {
    // iterated even if the client has gone: a generator that hasn't started doesn't run its `finally`
    for await (const event of stream.events) {
      const lag = send(writer.write(event), true);
      if (lag) await lag;
    }
  } catch (error) {
    if (error instanceof FaultCutError) {
      const rest = writer.finish();
      if (rest.length > 0 && !writable.destroyed && keepsUp(rest)) writable.write(rest);
    }
    await send(writer.finish(owner.exceptionFrame(error)), false);
  } finally {
    silenceWatch.delete(watched);
  }
  await endBody(exchange, limits);
}

/** Ends a generation whose reader keeps its sequence from others. SDKs know the exception, and may send the request again. */
function gaveWay(): BedrockException {
  return new BedrockException(
    "ThrottlingException",
    "Too little of this stream was read while other requests waited for the model. Read the stream as it comes, and send the request again.",
  );
}
