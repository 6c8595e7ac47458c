/** No sequence came free in time, or too many requests wait already. Trying again later may help. */
export class EngineBusyError extends Error {
  override readonly name = "EngineBusyError";
}
