import { MAX_BODY_BYTES } from "../bedrock/index.js";
import { timerMs } from "../platform/index.js";

/** The server's limits. Tests use smaller ones. A time of more than 24 days, or Infinity, means no limit. */
export interface ServerLimits {
  /** Bytes of a request body. */
  readonly bodyBytes: number;
  /** Bytes of request bodies in memory at once, over all requests; a request that would exceed it is throttled. */
  readonly bodyBytesInAll: number;
  /** Bytes of a request's headers. */
  readonly headerBytes: number;
  /** Concurrent connections. When a further one comes, the one goes that has waited longest for its client. */
  readonly connections: number;
  /** Concurrent requests on one HTTP/2 connection. */
  readonly streamsPerConnection: number;
  /** Concurrent requests over all connections: the slots. A further one is throttled. */
  readonly requests: number;
  /**
   * Concurrent requests that hold no slot, over all connections: those to `/health`, and those refused whose client hasn't sent its body or
   * read its answer yet. When there are more, the oldest is reset.
   */
  readonly slotless: number;
  /** Time for a new connection to show which protocol it speaks. */
  readonly prefaceMs: number;
  /** Time for a TLS handshake. */
  readonly handshakeMs: number;
  /** Time for a request's headers (HTTP/1.1). */
  readonly headersMs: number;
  /** Time for a whole request. */
  readonly requestMs: number;
  /** Time after which a connection without a request is closed. */
  readonly idleMs: number;
  /** Unread bytes of a response at which its generation is paused. */
  readonly readerLagBytes: number;
  /** Time after which a client that reads nothing is disconnected. */
  readonly stallMs: number;
  /**
   * The longest time for which one that reads nothing, so that its generation stands still, keeps its sequence while other requests wait for
   * one. It is less for one that has read less: see `transport/reader-credit.ts`.
   */
  readonly giveWayMs: number;
  /** Bytes of an unread request body that are read and discarded, so that the client can read the response. */
  readonly drainBytes: number;
  /** Time without a byte after which no more are discarded. The whole request has `requestMs` there, too. */
  readonly drainMs: number;
  /** Time that a request may wait, in all, for memory, for a model to load, and for a sequence. */
  readonly startMs: number;
  /** Time for reading the documents of a request, once it's their turn. */
  readonly documentMs: number;
  /**
   * Time without a byte, while the engine's next token is awaited, after which a stream sends the beginning of that token's frame. More
   * of the frame follows every two seconds. Infinity: never.
   */
  readonly silenceMs: number;
  /** Delay between a stream's last frame and its end, for clients that asked for the connection to be closed. */
  readonly lastFrameMs: number;
}

export const defaultLimits: ServerLimits = {
  // Bedrock's own
  bodyBytes: MAX_BODY_BYTES,
  // ten of the longest bodies; without this limit all connections together could take 12 GB
  bodyBytesInAll: 256_000_000,
  // Node's own default; a signed request of an SDK has 1 to 2 KiB, with a session token 4
  headerBytes: 16 * 1024,
  // enough for the programs and tests on a laptop; each costs about 50 KB
  connections: 512,
  // what nghttp2 and Envoy offer; the SDK for Java was seen to use 4
  streamsPerConnection: 100,
  // twice the thousand streams that a laptop serves at once; each may buffer 64 KiB, 128 MiB in all
  requests: 2_048,
  // over HTTP/2 each takes 26 KB, 11 of them of the heap, while its body is awaited (measured); a polite client is done with one in milliseconds
  slotless: 1_024,
  // a client that connects before its first request sends the HTTP/2 preface at once, but on HTTP/1.1 it may send nothing for a while
  prefaceMs: 60_000,
  // two round trips and a signature take at most 1 s
  handshakeMs: 10_000,
  // an SDK sends all headers at once
  headersMs: 20_000,
  // 25 MB at 2 Mbit/s
  requestMs: 100_000,
  // longer than the 60 s after which SDKs close idle connections, so that the server never closes one just as a request is sent
  idleMs: 75_000,
  // about 250 frames of one token each
  readerLagBytes: 64 * 1024,
  // boto3's read timeout
  stallMs: 60_000,
  // a program that stops reading has 64 KiB here and more in its own buffers, hundreds of frames; an honest one catches up sooner
  giveWayMs: 5_000,
  // more than a 26 MB body, but an endless body is cut off
  drainBytes: 64 * 1024 * 1024,
  // who still sends does so within that, though packets get lost
  drainMs: 5_000,
  // the SDK for Java retries after 30 s without a byte; this leaves 10 s for the prompt
  startMs: 20_000,
  // a book of 500 pages takes 2 s of a core; the SDK for Java retries after 30 s without a byte, and the model has yet to answer
  documentMs: 10_000,
  // half the shortest SDK time-out, that of C++: libcurl gives up after 3 s with less than 1 byte/s
  silenceMs: 1_500,
  // PHP's SDK drops a frame that it reads together with the end of the connection. Measured: 1 ms is enough for a program that spends
  // no time on an event, 5 ms for one that spends 10 ms, 50 ms for most that spend 30 ms
  lastFrameMs: 100,
};

/** Limits that a running server keeps: Node takes them at the start alone. */
export const FIXED_LIMITS = ["headerBytes", "handshakeMs"] as const;

/** The default limits with some replaced. */
export function limitsWith(changes: Partial<ServerLimits> = {}): ServerLimits {
  const limits = { ...defaultLimits, ...changes };
  return {
    ...limits,
    prefaceMs: timerMs(limits.prefaceMs),
    handshakeMs: timerMs(limits.handshakeMs),
    headersMs: timerMs(limits.headersMs),
    requestMs: timerMs(limits.requestMs),
    idleMs: timerMs(limits.idleMs),
    stallMs: timerMs(limits.stallMs),
    giveWayMs: timerMs(limits.giveWayMs),
    drainMs: timerMs(limits.drainMs),
    documentMs: timerMs(limits.documentMs),
    lastFrameMs: timerMs(limits.lastFrameMs),
  };
}

/** How often Node checks connections against `headersMs` and `requestMs`: its default of 30 s is too coarse for both. */
export const TIMEOUT_CHECK_MS = 1_000;

/** An unread request body up to this length is discarded by Node, and the connection stays open. */
export const IGNORED_BODY_BYTES = 64 * 1024;

/**
 * How long a connection over TLS that has ended waits for the client's farewell: a client sends it as soon as it has read the answer, and one that never does
 * gives its place back after this.
 */
export const FAREWELL_MS = 2_000;

/** Time for sending the last bytes of a connection that is cut or of a stream that is reset. */
export const CUT_MS = 1_000;

/** Time that running requests get to finish when the server closes. */
export const CLOSE_GRACE_MS = 10_000;

/** Time for sending the last frames when the server closes. A client that doesn't read them by then loses its connection. */
export const CLOSE_FLUSH_MS = 1_000;
