import type { CriaServer } from "../server/index.js";

/**
 * How long the server of `on: "local"` stays after its last call, in ms: long enough that calls in a row share one loaded
 * model, short enough that a program which is done ends without being told.
 */
const IDLE_MS = 1000;

let shared: Promise<CriaServer> | undefined;
let running = 0;
let idle: NodeJS.Timeout | undefined;

/** The server of `on: "local"`, started if there is none, and kept until `release()`. */
export async function holdLocalServer(
  signal: AbortSignal | undefined,
): Promise<{ readonly url: string; release(): void }> {
  clearTimeout(idle);
  running += 1;
  const release = () => {
    running -= 1;
    if (running > 0) return;
    clearTimeout(idle);
    idle = setTimeout(() => void closeLocal(), IDLE_MS);
  };
  try {
    shared ??= start();
    const server = await untilAborted(shared, signal);
    await untilAborted(server.ready(), signal);
    return { url: server.url, release };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Closes the server that `on: "local"` started and frees the model; streams that still run end with an error. The next
 * call starts a new one. Not needed for a program to end: that happens by itself a second after the last call.
 */
export async function closeLocal(): Promise<void> {
  clearTimeout(idle);
  const server = shared;
  shared = undefined;
  // a start that failed has been reported to its own callers
  await server?.then(
    (started) => started.close({ graceMs: 0 }),
    () => undefined,
  );
}

function start(): Promise<CriaServer> {
  const started = import("../server/index.js").then(({ serve }) => serve({ port: 0 }));
  // a start that failed is tried again by the next call
  started
    .then((server) => server.ready())
    .catch(() => {
      if (shared === started) void closeLocal();
    });
  return started;
}

/** Waits for `work`, but no longer than until the abort. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    void work.then(resolve, reject).finally(() => signal?.removeEventListener("abort", abort));
  });
}
