import { EngineUnavailableError, until, type Engine, type EngineModel } from "../../engine/index.js";

/**
 * The model, once it's loaded.
 *
 * @throws {EngineUnavailableError} it isn't within `waitMs`, or can't be.
 * @throws `signal.reason` once aborted.
 */
export function waitForModel(engine: Engine, waitMs: number, signal: AbortSignal): Promise<EngineModel> {
  return until(engine.model(), Date.now() + waitMs, signal, () => {
    const health = engine.health();
    return new EngineUnavailableError(health.ready ? "The model is being loaded." : health.reason, true);
  });
}
