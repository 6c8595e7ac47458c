/**
 * How the events of one response stream become frames. It belongs to one stream: some facts stand in the stream's first frame only.
 *
 * @typeParam E - what the stream tells, an event a frame
 */
export interface FrameCodec<E> {
  /** An event's frame, whole. */
  encode(event: E): Uint8Array;
  /** Begins the next frame while its event isn't known yet, so that bytes of it can be sent. */
  open(): OpenFrame<E>;
}

/** A frame that has begun. Its length is fixed; the padding makes up for the length of the event. It is finished once. */
export interface OpenFrame<E> {
  /** The bytes that don't depend on the event. */
  readonly start: Uint8Array;
  /** The bytes that follow {@link start} if this is the event; undefined where it doesn't fit, and the frame is still open. */
  fill(event: E): Uint8Array | undefined;
  /** The bytes that follow {@link start} if there is no event for the frame: it then tells an empty text. */
  finishEmpty(): Uint8Array;
}
