import { type ExceptionType, type FrameCodec, JSON_TYPE } from "../bedrock/index.js";

/** What an operation answers: a body, or a stream of events. The page that serves the request makes headers and frames of it. */
export type Reply = BodyReply | StreamReply;

/** Members of a response that Amazon puts into headers. */
export interface ReplyMembers {
  /** The media type of what a stream's chunks hold. */
  readonly contentType?: string;
  /** How long the whole answer took, in ms. */
  readonly latencyMs?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

/** A reply that leaves at once. */
export interface BodyReply {
  readonly status: number;
  /** The media type of the body. */
  readonly type: string;
  readonly body: Uint8Array;
  readonly members: ReplyMembers;
  /** The exception's type with its namespace, where it is one. */
  readonly errorType?: string;
}

/** A reply whose events leave as they come, a frame an event. */
export interface StreamReply {
  readonly status: 200;
  readonly stream: EventStream;
  readonly members: ReplyMembers;
}

/**
 * A stream of events.
 *
 * @typeParam E - an event; only the operation and its codec look inside
 */
export interface EventStream<E = unknown> {
  /** Iterated once. What iterating throws ends the stream, as one of {@link exceptions}. */
  readonly events: AsyncIterable<E>;
  /** How an event becomes a frame. */
  readonly frames: FrameCodec<E>;
  /** The exceptions that may end the stream (API model). */
  readonly exceptions: ReadonlySet<ExceptionType>;
  /** Whether an event that is awaited waits for the engine's next token, and not for a fault that was asked for. */
  awaitsEngine(): boolean;
}

const utf8 = new TextEncoder();

/** A reply with a body. @param text - JSON, unless `type` says otherwise */
export function bodyReply(
  text: string,
  members: ReplyMembers = {},
  { status = 200, type = JSON_TYPE }: { readonly status?: number; readonly type?: string } = {},
): BodyReply {
  return { status, type, body: utf8.encode(text), members };
}

/** A reply that is a stream of events. */
export function streamReply<E>(stream: EventStream<E>, members: ReplyMembers = {}): StreamReply {
  return { status: 200, stream, members };
}
