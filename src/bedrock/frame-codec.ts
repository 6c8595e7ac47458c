/**
 * Encodes the events of one response stream as frames. Each stream needs its own codec, since some fields appear in the first frame only.
 *
 * @typeParam E - an event of the stream; each has a frame of its own
 */
export interface FrameCodec<E> {
  /** Encodes an event as a complete frame. */
  encode(event: E): Uint8Array;
  /** Opens the next frame before its event is known, so that its first bytes can be sent. */
  open(): OpenFrame<E>;
}

/** A frame whose event is still to come. Its length is fixed; padding fills the room that the event leaves. It is finished once. */
export interface OpenFrame<E> {
  /** The bytes that don't depend on the event. */
  readonly start: Uint8Array;
  /** Finishes the frame with an event: the bytes after {@link start}. Undefined if the event doesn't fit; the frame stays open. */
  fill(event: E): Uint8Array | undefined;
  /** Finishes the frame without an event, as one with an empty text: the bytes after {@link start}. */
  finishEmpty(): Uint8Array;
}
