/**
 * No sequence came free in time, too many requests wait already, or the prompt would take longer to evaluate than callers wait.
 * Trying again later may help.
 */
export class EngineBusyError extends Error {
  override readonly name = "EngineBusyError";
}
