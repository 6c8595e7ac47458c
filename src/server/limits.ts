import { MAX_BODY_BYTES } from "../bedrock/index.js";
import { timerMs } from "../platform/index.js";

/** Every bound of the server. Tests inject smaller ones. A time of more than 24 days, or Infinity, is as good as no limit. */
export interface ServerLimits {
  /** Bytes of a request body. */
  readonly bodyBytes: number;
  /** Bytes of request bodies held at once, over all requests; one that would need more is refused as one too many. */
  readonly bodyBytesInAll: number;
  /** Bytes of a request's headers. */
  readonly headerBytes: number;
  /** Connections at once; one more is closed as it comes. */
  readonly connections: number;
  /** Requests at once on one HTTP/2 connection. */
  readonly streamsPerConnection: number;
  /** Requests at once on all of them; one more is refused as one too many. */
  readonly requests: number;
  /** Until a new connection has shown which protocol it speaks. */
  readonly prefaceMs: number;
  /** Until a TLS handshake is made. */
  readonly handshakeMs: number;
  /** Until a request's headers are complete (HTTP/1.1). */
  readonly headersMs: number;
  /** Until a request is complete. */
  readonly requestMs: number;
  /** How long a connection may stay without a request. */
  readonly idleMs: number;
  /** Bytes that a response may be ahead of its reader before its generation is paused. */
  readonly readerLagBytes: number;
  /** How long a reader may take nothing at all before it is cut. */
  readonly stallMs: number;
  /** Bytes of an unread body that are let run out, so that its sender gets to read the answer. */
  readonly drainBytes: number;
  /** How long that may take. */
  readonly drainMs: number;
  /** How long a request waits, in all, for memory, for a model that is being loaded, and for a sequence. */
  readonly startMs: number;
  /**
   * How long a stream sends no byte while its engine's next token is awaited. Then the beginning of that token's frame leaves, and more
   * of it every two seconds. Infinity: never.
   */
  readonly silenceMs: number;
  /** How long the end of a stream waits behind its last frame, where the client asked for the connection's end with it. */
  readonly lastFrameMs: number;
}

export const defaultLimits: ServerLimits = {
  bodyBytes: MAX_BODY_BYTES,
  // ten of the longest; without it, all connections together could ask for 12 GB
  bodyBytesInAll: 256_000_000,
  // Node's own default; a signed request of an SDK has 1 to 2 KiB, with a session token 4
  headerBytes: 16 * 1024,
  // a laptop's programs and their tests; each costs some 50 KB
  connections: 512,
  // what nghttp2 and Envoy offer; the SDK for Java was seen to use 4
  streamsPerConnection: 100,
  // twice the thousand streams that a laptop serves at once; each may be 64 KiB ahead of its reader, which makes 128 MiB
  requests: 2_048,
  // a client that connects ahead of its first request sends its preface at once on HTTP/2, but may wait on HTTP/1.1
  prefaceMs: 60_000,
  // two round trips and a signature, which take 1 s at worst
  handshakeMs: 10_000,
  // a slow sender can't hold a connection for longer
  headersMs: 20_000,
  // 25 MB at 2 Mbit/s
  requestMs: 100_000,
  // longer than the 60 s after which SDKs drop idle connections of their own, so that they aren't cut while one is sent
  idleMs: 75_000,
  // some 250 frames of one token each
  readerLagBytes: 64 * 1024,
  // as boto3's read timeout
  stallMs: 60_000,
  // a 26 MB body runs out, an endless one doesn't
  drainBytes: 64 * 1024 * 1024,
  drainMs: 5_000,
  // the SDK for Java gives up after 30 s without a byte and sends the request again; some are left for the prompt
  startMs: 20_000,
  // half the patience of the least patient SDK, C++'s: libcurl gives up after 3 s with less than 1 byte/s
  silenceMs: 1_500,
  // PHP's SDK drops a frame that it reads together with the connection's end. Measured: 1 ms saves a program that takes no time
  // for an event, 5 ms one that takes 10 ms, 50 ms most of those that take 30 ms
  lastFrameMs: 100,
};

/** The usual limits, but for these. */
export function limitsWith(asked: Partial<ServerLimits> = {}): ServerLimits {
  const limits = { ...defaultLimits, ...asked };
  return {
    ...limits,
    prefaceMs: timerMs(limits.prefaceMs),
    handshakeMs: timerMs(limits.handshakeMs),
    headersMs: timerMs(limits.headersMs),
    requestMs: timerMs(limits.requestMs),
    idleMs: timerMs(limits.idleMs),
    stallMs: timerMs(limits.stallMs),
    drainMs: timerMs(limits.drainMs),
    lastFrameMs: timerMs(limits.lastFrameMs),
  };
}

/** How often Node looks for connections beyond `headersMs` and `requestMs`: its default of 30 s would blur both. */
export const TIMEOUT_CHECK_MS = 1_000;

/** A body up to this length is read to its end by Node itself, and the connection kept, when nobody wants it. */
export const IGNORED_BODY_BYTES = 64 * 1024;

/** How long the last bytes of a connection that is cut, or of a stream that is reset, may take to leave. */
export const CUT_MS = 1_000;

/** How long running requests may go on once the server closes. */
export const CLOSE_GRACE_MS = 10_000;

/** How long the last frames may take to leave, once the server has closed. */
export const CLOSE_FLUSH_MS = 1_000;
