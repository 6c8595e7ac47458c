const RealDate = Date;

/**
 * Puts the clock of this process, and with it that of the servers started in it from now on, so far ahead.
 *
 * @returns puts it right again
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
