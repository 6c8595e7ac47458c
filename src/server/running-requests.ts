import { ServerClosingError } from "./errors.js";

/** The requests that are being answered, so that a server which closes can wait for them, and end them. */
export class RunningRequests {
  readonly #running = new Set<AbortController>();
  #closing = false;
  #resolveEnded: () => void = () => undefined;

  /** Resolves once {@link close} was called and none runs. */
  readonly ended = new Promise<void>((resolve) => (this.#resolveEnded = resolve));

  /** Whether no connection is to be kept. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Notes a request; aborting what it returns ends the request. One that comes after {@link close} is ended at once. */
  start(): AbortController {
    const controller = new AbortController();
    if (this.#closing) controller.abort(new ServerClosingError());
    this.#running.add(controller);
    return controller;
  }

  end(controller: AbortController): void {
    this.#running.delete(controller);
    this.#settle();
  }

  close(): void {
    this.#closing = true;
    this.#settle();
  }

  /** Ends every request that runs now. */
  abortAll(): void {
    for (const controller of this.#running) controller.abort(new ServerClosingError());
  }

  #settle(): void {
    if (this.#closing && this.#running.size === 0) this.#resolveEnded();
  }
}

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
