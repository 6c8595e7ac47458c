import { formatBytes } from "../platform/bytes.js";

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
