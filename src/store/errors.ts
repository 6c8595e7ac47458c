import { formatBytes } from "../platform/index.js";

/** There is too little room on the disk for what is to be fetched. What came so far is kept, to go on from there. */
export class DiskFullError extends Error {
  override readonly name = "DiskFullError";
  /**
   * @param directory - where the room is needed
   * @param neededBytes - how much must be free there
   * @param freeBytes - how much was free
   */
  constructor(
    readonly directory: string,
    readonly neededBytes: number,
    readonly freeBytes: number,
    options?: ErrorOptions,
  ) {
    super(
      `The disk is full: ${formatBytes(neededBytes)} are needed in ${directory}, ${formatBytes(freeBytes)} are free. ` +
        "Make room there, or set CRIA_HOME to a folder on another disk.",
      options,
    );
  }
}

/** Something has to be fetched, and Cria's folder can't be written to. */
export class HomeNotWritableError extends Error {
  override readonly name = "HomeNotWritableError";
  /**
   * @param directory - what can't be written to
   * @param code - the system's code, such as `EACCES` or `EROFS`
   */
  constructor(
    readonly directory: string,
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(`Can't write to ${directory} (${code}). Set CRIA_HOME to a folder you may write to.`, options);
  }
}

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
