import { timerMs } from "../../../platform/index.js";

/** What waits for something, first come, first served. Each waits for a limited time. */
export class WaitingLine<T extends { readonly id: number }> {
  readonly #onLate: (one: T) => void;
  readonly #all = new Map<number, { readonly one: T; readonly timer: NodeJS.Timeout | undefined }>();

  /** @param onLate - called with one that has waited too long, and has left */
  constructor(onLate: (one: T) => void) {
    this.#onLate = onLate;
  }

  /** @param ms - how long it may wait; Infinity: without limit */
  add(one: T, ms: number): void {
    const late = () => {
      this.#all.delete(one.id);
      this.#onLate(one);
    };
    const timer = Number.isFinite(ms) ? setTimeout(late, timerMs(ms)) : undefined;
    this.#all.set(one.id, { one, timer });
  }

  /** @returns whether it was waiting */
  remove(id: number): boolean {
    clearTimeout(this.#all.get(id)?.timer);
    return this.#all.delete(id);
  }

  /** Serves from the front, until one can't be. @param begin - returns false if it must go on waiting */
  serve(begin: (one: T) => boolean): void {
    for (const { one } of [...this.#all.values()]) {
      if (!begin(one)) return;
      this.remove(one.id);
    }
  }
}
