import { EngineUnavailableError, until, type Engine, type EngineModel } from "../../engine/index.js";

/**
 * The model, once it's loaded.
 *
 * @param deadline - in ms since 1970
 * @throws {EngineUnavailableError} it isn't in time, or can't be.
 * @throws `signal.reason` once aborted.
 */
export function waitForModel(engine: Engine, deadline: number, signal: AbortSignal): Promise<EngineModel> {
  return until(engine.model(), deadline, signal, () => {
    const health = engine.health();
    return new EngineUnavailableError(health.ready ? "The model is being loaded." : health.reason, true);
  });
}
