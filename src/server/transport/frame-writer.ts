import type { FrameCodec, OpenFrame } from "../../bedrock/index.js";

/** The first piece of an open frame is its prelude, 12 bytes: it holds the frame's length, so a reader waits for the rest. */
const FIRST_PIECE = 12;

/**
 * Bytes in each further piece, and the time between pieces. The shortest time-out known is libcurl's as the SDK for C++ sets it, "under
 * 1 byte/s for 3 s": with `curl --speed-limit 1 --speed-time 3` three bytes every 2.5 s kept the connection, two every 2 s did not
 * (measured).
 */
const PIECE = 3;
const PIECE_MS = 2_000;

const NOTHING = new Uint8Array();

/** A frame of which some bytes have been sent. */
interface BegunFrame<E> {
  readonly frame: OpenFrame<E>;
  sent: number;
  nextPieceAt: number;
}

/**
 * Turns the events of one stream into bytes, and keeps the stream alive. Clients time out when no byte arrives, and some SDKs throw at an
 * event type they don't know. So while the next event is awaited, the writer opens that event's frame and sends it in pieces. The event
 * then fills the frame. If it doesn't fit, the frame is finished empty and the event follows in its own.
 */
export class FrameWriter<E> {
  readonly #codec: FrameCodec<E>;
  readonly #silenceMs: number;
  #begun: BegunFrame<E> | undefined;
  /** When the silence was first noticed; undefined if it hasn't been. */
  #silentSince: number | undefined;

  /** @param silenceMs - time without a byte after which a frame is opened */
  constructor(codec: FrameCodec<E>, silenceMs: number) {
    this.#codec = codec;
    this.#silenceMs = silenceMs;
  }

  /** The bytes to write for an event. */
  write(event: E): Uint8Array {
    this.#silentSince = undefined;
    if (!this.#begun) return this.#codec.encode(event);
    const rest = this.#begun.frame.fill(event);
    if (rest) return this.#finish(this.#begun, rest);
    // the empty frame comes first: as the stream's first frame it holds the prompt's token count
    const empty = this.finish();
    return concat(empty, this.#codec.encode(event));
  }

  /**
   * The rest of an open frame that gets no event, followed by `last`.
   *
   * @param last - a frame to send after it
   */
  finish(last: Uint8Array = NOTHING): Uint8Array {
    if (!this.#begun) return last;
    return concat(this.#finish(this.#begun, this.#begun.frame.finishEmpty()), last);
  }

  /**
   * The bytes to write while the next event is awaited; usually none. Call it every {@link CHECK_MS}.
   *
   * @param now - in ms of `performance.now()`
   */
  wait(now: number): Uint8Array {
    const begun = this.#begun;
    if (begun) return now < begun.nextPieceAt ? NOTHING : this.#nextPiece(begun);
    // counted from when it is noticed, so that a silence is never overestimated
    this.#silentSince ??= now;
    if (now - this.#silentSince < this.#silenceMs) return NOTHING;
    const frame = this.#codec.open();
    this.#begun = { frame, sent: FIRST_PIECE, nextPieceAt: now + PIECE_MS - CHECK_MS };
    return frame.start.subarray(0, FIRST_PIECE);
  }

  /** When the known bytes run out, after more than a minute, the frame is finished empty and a new one can be opened. */
  #nextPiece(begun: BegunFrame<E>): Uint8Array {
    const { frame, sent } = begun;
    if (sent + PIECE > frame.start.length) return this.finish();
    begun.sent = sent + PIECE;
    begun.nextPieceAt += PIECE_MS;
    return frame.start.subarray(sent, begun.sent);
  }

  #finish({ frame, sent }: BegunFrame<E>, rest: Uint8Array): Uint8Array {
    this.#begun = undefined;
    this.#silentSince = undefined;
    return concat(frame.start.subarray(sent), rest);
  }
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/**
 * How often streams are checked, in ms. A frame is opened up to this much later than `silenceMs`; pieces are sent up to this much early
 * rather than late.
 */
export const CHECK_MS = 100;

/** A stream that the watch checks. */
export interface WatchedStream {
  /** @param now - in ms of `performance.now()` */
  check(now: number): void;
}

/**
 * Checks a server's streams for silence, with one timer for all of them: a timer for each token would cost 1 µs a token, a shared one
 * costs almost nothing. The timer runs only while there are streams, and doesn't keep the process alive.
 */
export class SilenceWatch {
  readonly #streams = new Set<WatchedStream>();
  #timer: NodeJS.Timeout | undefined;

  add(stream: WatchedStream): void {
    this.#streams.add(stream);
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS).unref();
  }

  delete(stream: WatchedStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #check(): void {
    const now = performance.now();
    for (const stream of this.#streams) stream.check(now);
  }
}
