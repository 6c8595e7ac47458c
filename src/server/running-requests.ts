import { ServerClosingError } from "./errors.js";

/** A registered request. */
export interface StartedRequest {
  /** Aborting it ends the request. */
  readonly controller: AbortController;
  /** Whether the limit was already reached. */
  readonly overLimit: boolean;
  /** Frees the request's slot; call it once. */
  readonly release: () => void;
}

/** The requests in progress: enforces their limit, and lets a closing server wait for them. */
export class RunningRequests {
  readonly #running = new Set<AbortController>();
  #free: number;
  #closing = false;
  #resolveEnded: () => void = () => undefined;

  /** Resolves once {@link close} has been called and no request is left. */
  readonly ended = new Promise<void>((resolve) => (this.#resolveEnded = resolve));

  /** @param maxRequests - concurrent requests, over all connections */
  constructor(maxRequests: number) {
    this.#free = maxRequests;
  }

  /** Whether the server is closing, so that no connection is kept alive. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Registers a request. After {@link close} the request is aborted at once. */
  start(): StartedRequest {
    const controller = new AbortController();
    if (this.#closing) controller.abort(new ServerClosingError());
    this.#running.add(controller);
    if (this.#free === 0) return { controller, overLimit: true, release: () => undefined };
    this.#free -= 1;
    return { controller, overLimit: false, release: () => (this.#free += 1) };
  }

  /** Removes a request. */
  end(controller: AbortController): void {
    this.#running.delete(controller);
    this.#settle();
  }

  close(): void {
    this.#closing = true;
    this.#settle();
  }

  /** Aborts every request in progress. */
  abortAll(): void {
    for (const controller of this.#running) controller.abort(new ServerClosingError());
  }

  #settle(): void {
    if (this.#closing && this.#running.size === 0) this.#resolveEnded();
  }
}
