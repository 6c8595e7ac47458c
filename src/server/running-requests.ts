import { ServerClosingError } from "./errors.js";

/** The requests in progress: lets a closing server wait for them, and bounds those that hold no slot. */
export class RunningRequests {
  readonly #running = new Set<AbortController>();
  /** Those without a slot, the oldest first, and what ends each. */
  readonly #slotless = new Map<AbortController, () => void>();
  #maxSlotless: number;
  #draining = false;
  #closing = false;
  #resolveEnded: () => void = () => undefined;

  /** Resolves once {@link close} has been called and no request is left. */
  readonly ended = new Promise<void>((resolve) => (this.#resolveEnded = resolve));

  /** @param maxSlotless - concurrent requests that hold no slot */
  constructor(maxSlotless: number) {
    this.#maxSlotless = maxSlotless;
  }

  /** Changes how many requests may hold no slot. Those that do stay. */
  limit(maxSlotless: number): void {
    this.#maxSlotless = maxSlotless;
  }

  /** Whether the server is draining or closing: no connection is kept alive, and who distributes requests is told to send none. */
  get draining(): boolean {
    return this.#draining;
  }

  /**
   * Registers a request, which has no slot yet. After {@link close} it is aborted at once.
   *
   * @param giveWay - ends the request: called once it is the oldest of too many without a slot
   * @returns what ends the request when it's aborted
   */
  start(giveWay: () => void): AbortController {
    const controller = new AbortController();
    if (this.#closing) controller.abort(new ServerClosingError());
    this.#running.add(controller);
    this.#addSlotless(controller, giveWay);
    return controller;
  }

  /** Notes that a request has a slot. */
  tookSlot(controller: AbortController): void {
    this.#slotless.delete(controller);
  }

  /** Notes that a request has given its slot back, though it hasn't ended: its answer is on its way. @param giveWay - as in {@link start} */
  gaveSlotBack(controller: AbortController, giveWay: () => void): void {
    if (this.#running.has(controller)) this.#addSlotless(controller, giveWay);
  }

  /** Removes a request. */
  end(controller: AbortController): void {
    this.#running.delete(controller);
    this.#slotless.delete(controller);
    this.#settle();
  }

  /** Requests are still answered, and callers are told to go elsewhere with the next. */
  drain(): void {
    this.#draining = true;
  }

  close(): void {
    this.#draining = true;
    this.#closing = true;
    this.#settle();
  }

  /** Aborts every request in progress. */
  abortAll(): void {
    for (const controller of this.#running) controller.abort(new ServerClosingError());
  }

  #addSlotless(controller: AbortController, giveWay: () => void): void {
    this.#slotless.set(controller, giveWay);
    if (this.#slotless.size <= this.#maxSlotless) return;
    for (const [oldest, endOldest] of this.#slotless) {
      this.#slotless.delete(oldest);
      endOldest();
      return;
    }
  }

  #settle(): void {
    if (this.#closing && this.#running.size === 0) this.#resolveEnded();
  }
}
