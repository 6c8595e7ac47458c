const RealDate = Date;

/**
 * Sets the clock of this process ahead, and with it the clock of the servers started in it from now on.
 *
 * @returns a function that resets the clock
 */
export function skewDate(aheadMs: number): () => void {
  globalThis.Date = class extends RealDate {
    constructor(...args: [] | [number | string | Date]) {
      if (args.length === 0) super(RealDate.now() + aheadMs);
      else super(...args);
    }

    static override now(): number {
      return RealDate.now() + aheadMs;
    }
  } as DateConstructor;
  return () => {
    globalThis.Date = RealDate;
  };
}
