import { TIMEOUT_CHECK_MS, type ServerLimits } from "../../src/server/limits.js";

/**
 * The limits of the fuzzed server: small enough that a run of half a minute reaches each of them many times, but with times so
 * long that no valid request is late on a busy machine.
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
  drainMs: 2_000,
  startMs: 1_000,
} satisfies Partial<ServerLimits>;

/** The key that the server with keys accepts. */
export const API_KEY = "the-key-of-the-fuzzer";

/** The engine's sequences: more than one scenario can occupy, so that a valid request never has to wait. */
export const SEQUENCES = 256;

/**
 * The time within which the server must answer or close. Its slowest limit is a body that doesn't arrive
 * on HTTP/2 (`requestMs` and two timer checks) followed by a reset that can't be sent (1 s); the rest is for a busy
 * machine, on which a timer may be seconds late.
 */
export const PATIENCE_MS = FUZZED_LIMITS.requestMs + 2 * TIMEOUT_CHECK_MS + 1_000 + 10_000;

/**
 * Allowed growth of the heap after the warm-up. Memory leaked by each request would show: a run of half a minute has
 * thousands of requests, so a kilobyte each is several megabytes. Lazily compiled code and the tables of V8 and nghttp2 take one or two.
 */
export const HEAP_GROWTH_BYTES = 8 * 1024 * 1024;

/**
 * Allowed growth of the whole process. The allocator keeps the memory of a few dozen concurrent bodies of `bodyBytes`, and V8
 * the pages of its young generation (16 MB, in two halves): tens of megabytes that don't grow with time.
 */
export const RSS_GROWTH_BYTES = 96 * 1024 * 1024;
