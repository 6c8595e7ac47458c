// The bounds of settings, of which the command line has most too, and a default that two rules need.

/** The number of ports of one client address. */
export const MAX_CONNECTIONS = 65_535;

/** At 64 KiB for each request, not counting buffers, 6 GiB. */
export const MAX_REQUESTS = 100_000;

/** The headers of a signed request take about 1 KiB. */
export const MIN_HEADER_BYTES = 2_048;

/** The most that Node's HTTP/2 accepts. */
export const MAX_HEADER_BYTES = 65_536;

/** Sequences of a model. It only catches typing errors, as the next three do: memory runs out long before. */
export const MAX_SEQUENCES = 256;
export const MAX_CONTEXT = 1_048_576;

/** No machine has more cores. */
export const MAX_THREADS = 1_024;

/** More than any server generates at once. */
export const MAX_STREAMS = 100_000;

/** A day, in ms: a longer wait is as good as no limit. */
export const MAX_WAIT_MS = 86_400_000;

/** More would keep callers waiting for a minute. */
export const MAX_RETRIES = 10;

/** It only catches typing errors: memory ends long before. */
export const MAX_BYTES = 1e12;

/** Where the server listens unless it is told. */
export const DEFAULT_HOST = "127.0.0.1";
export const DEFAULT_PORT = 2742;
