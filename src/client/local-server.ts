import type { CriaServer } from "../server/index.js";

/**
 * How long the server of `on: "local"` runs after its last call, in ms: long enough for consecutive calls to share one loaded model,
 * short enough that a program exits soon after its last call.
 */
const IDLE_MS = 1000;

let shared: Promise<CriaServer> | undefined;
let running = 0;
let idle: NodeJS.Timeout | undefined;

/** The server of `on: "local"`. Starts it if needed, and keeps it running until `release()`. */
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
 * Closes the server that `on: "local"` started, and frees the model. Running streams end with an error; the next call starts a new
 * server. A program doesn't need to call this in order to exit: the server closes by itself one second after the last call.
 */
export async function closeLocal(): Promise<void> {
  clearTimeout(idle);
  const server = shared;
  shared = undefined;
  // its callers already have the error of a failed start
  await server?.then(
    (started) => started.close({ graceMs: 0 }),
    () => undefined,
  );
}

function start(): Promise<CriaServer> {
  const started = import("../server/index.js").then(({ serve }) => serve({ port: 0 }));
  // after a failed start the next call starts anew
  started
    .then((server) => server.ready())
    .catch(() => {
      if (shared === started) void closeLocal();
    });
  return started;
}

/** Waits for `work`, or rejects when the signal is aborted. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    void work.then(resolve, reject).finally(() => signal?.removeEventListener("abort", abort));
  });
}
