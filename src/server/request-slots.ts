/** How many requests may run at once, over all connections. */
export class RequestSlots {
  #free: number;

  constructor(slots: number) {
    this.#free = slots;
  }

  /** Takes one. @returns gives it back, to be called once; undefined where none is free */
  take(): (() => void) | undefined {
    if (this.#free === 0) return undefined;
    this.#free -= 1;
    return () => (this.#free += 1);
  }
}
