import { EngineUnavailableError, type Engine, type EngineModel } from "../engine/index.js";

/**
 * The model, once it's loaded.
 *
 * @throws {EngineUnavailableError} it isn't within `waitMs`, or can't be.
 * @throws `signal.reason` once aborted.
 */
export async function waitForModel(
  engine: Engine,
  waitMs: number,
  signal: AbortSignal,
): Promise<EngineModel> {
  signal.throwIfAborted();
  const { promise: ended, reject } = withReject();
  const onAbort = () => reject(signal.reason);
  const timer = setTimeout(() => {
    const health = engine.health();
    reject(new EngineUnavailableError(health.ready ? "The model is being loaded." : health.reason, true));
  }, waitMs);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([engine.model(), ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

function withReject(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_, settle) => (reject = settle));
  return { promise, reject };
}
