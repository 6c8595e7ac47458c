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

  /** Notes a request; `signal` of what it returns ends the request. */
  start(): AbortController {
    const controller = new AbortController();
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
  abortAll(reason: Error): void {
    for (const controller of this.#running) controller.abort(reason);
  }

  #settle(): void {
    if (this.#closing && this.#running.size === 0) this.#resolveEnded();
  }
}
