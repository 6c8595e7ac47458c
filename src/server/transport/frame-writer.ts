import type { FrameCodec, OpenFrame } from "../../bedrock/index.js";

/** The first bytes of a frame that is begun, its prelude, leave in one piece: it says all that a reader needs to wait for the rest. */
const FIRST_PIECE = 12;

/**
 * Of its other bytes as many leave at once, so often. The least patient reader known is libcurl as the SDK for C++ sets it, "under
 * 1 byte/s for 3 s": with `curl --speed-limit 1 --speed-time 3` three bytes every 2.5 s held, two every 2 s didn't (measured).
 */
const PIECE = 3;
const PIECE_MS = 2_000;

const NOTHING = new Uint8Array();

/** A frame of which some bytes have left. */
interface BegunFrame<E> {
  readonly frame: OpenFrame<E>;
  sent: number;
  nextPieceAt: number;
}

/**
 * Turns the events of one stream into bytes. While it waits for the next event, in silence, it begins that event's frame and gives
 * it away in pieces: readers give up where no byte comes, and an event of Cria's own would be one that their SDK doesn't know. The
 * event then fills the frame, or, where it can't, follows it.
 */
export class FrameWriter<E> {
  readonly #codec: FrameCodec<E>;
  readonly #silenceMs: number;
  #begun: BegunFrame<E> | undefined;
  /** When the silence was first noticed; undefined where none was. */
  #silentSince: number | undefined;

  /** @param silenceMs - after so long without a byte a frame is begun */
  constructor(codec: FrameCodec<E>, silenceMs: number) {
    this.#codec = codec;
    this.#silenceMs = silenceMs;
  }

  /** All that is to be written for an event. */
  write(event: E): Uint8Array {
    this.#silentSince = undefined;
    if (!this.#begun) return this.#codec.encode(event);
    const rest = this.#begun.frame.fill(event);
    if (rest) return this.#finish(this.#begun, rest);
    // the empty frame first: it may be what tells the tokens of the prompt
    const empty = this.finish();
    return concat(empty, this.#codec.encode(event));
  }

  /**
   * What is missing of a frame that was begun and gets no event; nothing where none was.
   *
   * @param last - a frame to follow it
   */
  finish(last: Uint8Array = NOTHING): Uint8Array {
    if (!this.#begun) return last;
    return concat(this.#finish(this.#begun, this.#begun.frame.finishEmpty()), last);
  }

  /**
   * What is to be written where the next event is awaited still; mostly nothing.
   *
   * @param now - in ms of `performance.now()`; called every {@link CHECK_MS}
   */
  wait(now: number): Uint8Array {
    const begun = this.#begun;
    if (begun) return now < begun.nextPieceAt ? NOTHING : this.#nextPiece(begun);
    // from when it's noticed: a silence is never taken for longer than it was
    this.#silentSince ??= now;
    if (now - this.#silentSince < this.#silenceMs) return NOTHING;
    const frame = this.#codec.open();
    this.#begun = { frame, sent: FIRST_PIECE, nextPieceAt: now + PIECE_MS - CHECK_MS };
    return frame.start.subarray(0, FIRST_PIECE);
  }

  /** Where too little is left of what is known, after a minute and more, the frame ends empty, and the next one has its turn. */
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
 * How often all streams are looked at. The silence before a frame is begun may be so much longer, while pieces come so much earlier
 * rather than late.
 */
export const CHECK_MS = 100;

/** What is looked at. */
export interface WatchedStream {
  /** @param now - in ms of `performance.now()` */
  check(now: number): void;
}

/**
 * Looks after the streams of a server, with one timer for all of them: one of its own for each token would cost a stream 1 µs a token,
 * this costs it next to nothing. The timer runs only while there are streams, and keeps no process alive.
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
