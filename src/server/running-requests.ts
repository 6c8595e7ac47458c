import { ServerClosingError } from "./errors.js";

/** A request that was counted in. */
export interface StartedRequest {
  /** Aborting it ends the request. */
  readonly controller: AbortController;
  /** Whether it is one more than may run at once. */
  readonly overLimit: boolean;
  /** Gives its place back, to be called once. */
  readonly release: () => void;
}

/** The requests that are being answered: how many may run at once, and what a server that closes waits for. */
export class RunningRequests {
  readonly #running = new Set<AbortController>();
  #free: number;
  #closing = false;
  #resolveEnded: () => void = () => undefined;

  /** Resolves once {@link close} was called and none runs. */
  readonly ended = new Promise<void>((resolve) => (this.#resolveEnded = resolve));

  /** @param places - how many may run at once, over all connections */
  constructor(places: number) {
    this.#free = places;
  }

  /** Whether the server closes, so that no connection is to be kept. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Counts a request in. One that comes after {@link close} is ended at once. */
  start(): StartedRequest {
    const controller = new AbortController();
    if (this.#closing) controller.abort(new ServerClosingError());
    this.#running.add(controller);
    if (this.#free === 0) return { controller, overLimit: true, release: () => undefined };
    this.#free -= 1;
    return { controller, overLimit: false, release: () => (this.#free += 1) };
  }

  /** Counts a request out. */
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
