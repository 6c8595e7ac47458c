import { type ExceptionType, type FrameCodec, JSON_TYPE } from "../bedrock/index.js";
import type { Header, PassedBody } from "./transport/index.js";

/** An operation's answer: a body, or a stream of events, which `handle.ts` turns into headers and frames; or another service's. */
export type Reply = BodyReply | StreamReply | PassedReply;

/** Members of a response that Bedrock sends as headers. */
export interface ReplyMembers {
  /** The media type of the data in a stream's chunks. */
  readonly contentType?: string;
  /** Time from the request to the end of the answer, in ms. */
  readonly latencyMs?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** The request's latency setting and service tier, if it had them. */
  readonly latency?: string;
  readonly serviceTier?: string;
}

/** A reply that is sent in one piece. */
export interface BodyReply {
  readonly status: number;
  /** The media type of the body; undefined if there is none (status 204). */
  readonly type: string | undefined;
  readonly body: Uint8Array;
  /** Further headers. */
  readonly headers?: readonly Header[];
  readonly members: ReplyMembers;
  /** The exception's type with its namespace, if the reply is an exception. */
  readonly errorType?: string;
}

/** A reply that sends each event in a frame of its own, as soon as the event is there. */
export interface StreamReply {
  readonly status: 200;
  readonly stream: EventStream;
  readonly members: ReplyMembers;
}

/** A reply that another service gives. Its bytes aren't looked at. */
export interface PassedReply {
  readonly status: number;
  /** All of them, in order. */
  readonly headers: readonly Header[];
  /** Whether it is a stream of frames, which may take a long time. */
  readonly streamed: boolean;
  readonly passed: PassedBody;
}

/**
 * A stream of events.
 *
 * @typeParam E - an event; only the operation and its codec read it
 */
export interface EventStream<E = unknown> {
  /** Iterated once. An error that iterating throws ends the stream as one of {@link exceptions}. */
  readonly events: AsyncIterable<E>;
  /** Encodes events as frames. */
  readonly frames: FrameCodec<E>;
  /** The exceptions that may end the stream (API model). */
  readonly exceptions: ReadonlySet<ExceptionType>;
  /** Whether the next event depends on the engine's next token, rather than on an injected delay. */
  awaitsEngine(): boolean;
}

const utf8 = new TextEncoder();

/** Makes a reply with a body. @param text - JSON, unless `type` says otherwise */
export function bodyReply(
  text: string,
  members: ReplyMembers = {},
  { status = 200, type = JSON_TYPE }: { readonly status?: number; readonly type?: string } = {},
): BodyReply {
  return { status, type, body: utf8.encode(text), members };
}

/** Makes a reply that is a stream of events. */
export function streamReply<E>(stream: EventStream<E>, members: ReplyMembers = {}): StreamReply {
  return { status: 200, stream, members };
}

/** Makes a reply without a body. */
export function emptyReply(headers: readonly Header[]): BodyReply {
  return { status: 204, type: undefined, body: new Uint8Array(), headers, members: {} };
}
