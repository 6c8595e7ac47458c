/** The engine died, or was closed, in the middle of a generation. */
export class EngineStoppedError extends Error {
  override readonly name = "EngineStoppedError";
}
