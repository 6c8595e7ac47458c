import { TIMEOUT_CHECK_MS, type ServerLimits } from "../../src/server/limits.js";

/**
 * The limits of the server that is fuzzed: so small that a run of half a minute reaches each of them many times, but the times so
 * long that no valid request is late on a machine that does much else.
 */
export const FUZZED_LIMITS = {
  bodyBytes: 200_000,
  headerBytes: 16 * 1024,
  connections: 512,
  streamsPerConnection: 20,
  prefaceMs: 3_000,
  handshakeMs: 3_000,
  headersMs: 3_000,
  requestMs: 3_000,
  idleMs: 2_000,
  readerLagBytes: 64 * 1024,
  stallMs: 500,
  drainBytes: 400_000,
  drainMs: 200,
  startMs: 1_000,
} satisfies Partial<ServerLimits>;

/** The one that the server with keys takes. */
export const API_KEY = "the-key-of-the-fuzzer";

/** Sequences of its engine: more than one scenario can occupy, so that a valid request never has to wait. */
export const SEQUENCES = 256;

/**
 * How long anything may take until the server has answered or closed. The slowest of its limits is a body that doesn't come
 * on HTTP/2 (`requestMs` and two looks at the clock) with a reset that doesn't leave behind it (1 s); the rest is for a busy
 * machine, on which a timer may be seconds late.
 */
export const PATIENCE_MS = FUZZED_LIMITS.requestMs + 2 * TIMEOUT_CHECK_MS + 1_000 + 10_000;

/**
 * How much the heap may have grown since the server was warm. What is kept a request would show: a run of half a minute has
 * thousands of them, so a kilobyte each is several megabytes. Lazily compiled code and the tables of V8 and nghttp2 are one or two.
 */
export const HEAP_GROWTH_BYTES = 8 * 1024 * 1024;

/**
 * How much all of the process may have grown. The allocator keeps what a few dozen concurrent bodies of `bodyBytes` took, and V8
 * the pages of its young generation (16 MB, in two halves): some tens of megabytes that don't grow with time.
 */
export const RSS_GROWTH_BYTES = 96 * 1024 * 1024;
