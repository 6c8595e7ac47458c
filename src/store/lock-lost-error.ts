/**
 * Another process took over the work, because this one showed no sign of life for too long (it was suspended, or the
 * lock was deleted).
 */
export class LockLostError extends Error {
  override readonly name = "LockLostError";
  /** @param lock - the lock's folder */
  constructor(readonly lock: string) {
    super(`Another process took over the lock ${lock}, because this one was stopped for a while. Try again.`);
  }
}
