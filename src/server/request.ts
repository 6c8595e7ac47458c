import { randomUUID } from "node:crypto";

import { ClientGoneError, FaultCutError } from "./errors.js";
import { RequestFaults } from "./faults/index.js";
import type { ServerLimits } from "./limits.js";
import type { RequestEvent, RequestWatcher } from "./observe/index.js";
import type { RunningRequests } from "./running-requests.js";
import { isCausedByClient } from "./to-exception.js";
import { type BodyMemory, type Exchange, readBody } from "./transport/index.js";

/** What all requests of a server share. */
export interface RequestContext {
  readonly limits: ServerLimits;
  readonly running: RunningRequests;
  readonly bodies: BodyMemory;
  readonly watchers: readonly RequestWatcher[];
}

/** A request from the moment it is accepted until its response has left. There is one of it, whatever the request came over. */
export class ServerRequest {
  /** What the response carries as `x-amzn-RequestId`. */
  readonly id: string = randomUUID();
  /** When it came, in ms of `performance.now()`. */
  readonly startedAt = performance.now();
  /** Aborted with a {@link ClientGoneError}, {@link ReaderStalledError} or {@link ServerClosingError}. */
  readonly signal: AbortSignal;
  /** Whether as many requests run already as may. */
  readonly overloaded: boolean;
  /** What its path names, decoded: a model's id or ARN, say; "" where the path names nothing. */
  resource = "";
  /** The faults that may be injected into it. */
  faults = new RequestFaults();
  /** The name of the stand-in that answers it; undefined where the model asked for does, or none yet. */
  standIn: string | undefined;

  readonly #exchange: Exchange;
  readonly #context: RequestContext;
  readonly #controller: AbortController;
  readonly #body;
  readonly #watchers: ((event: RequestEvent) => void)[];
  readonly #ends: (() => void)[] = [];
  #bytes: Promise<Uint8Array> | undefined;

  constructor(exchange: Exchange, context: RequestContext) {
    this.#exchange = exchange;
    this.#context = context;
    const { controller, overLimit, release } = context.running.start();
    this.#controller = controller;
    this.signal = controller.signal;
    this.overloaded = overLimit;
    this.#body = context.bodies.share();
    this.onEnd(release);
    this.onEnd(() => this.#body.release());
    exchange.onGone(() => controller.abort(new ClientGoneError()));
    const { id: requestId, startedAt } = this;
    const { protocol, method, path } = exchange;
    const accepted = { type: "accepted", requestId, protocol, method, path, startedAt } as const;
    this.#watchers = context.watchers.map((watch) => watch(accepted));
  }

  get method(): string {
    return this.#exchange.method;
  }

  /** Path and query as sent, percent-encoded. */
  get path(): string {
    return this.#exchange.path;
  }

  /** A header's value. @param name - in lower case */
  header(name: string): string | undefined {
    return this.#exchange.header(name);
  }

  /** A header's values, one for each time it was sent. @param name - in lower case */
  headerValues(name: string): readonly string[] {
    return this.#exchange.headerValues(name);
  }

  /**
   * Reads the whole body, which isn't read before. Calling it again gives the same.
   *
   * @throws {BedrockException} it is longer than the limit, or too many bytes of other bodies are held.
   * @throws {RequestTimeoutError} it didn't come in time.
   * @throws {ClientGoneError} the connection ended before.
   */
  body(): Promise<Uint8Array> {
    return (this.#bytes ??= readBody(this.#exchange, this.#context.limits, this.#body, this.signal));
  }

  /** Tells those who watch the request. */
  emit(event: RequestEvent): void {
    for (const watch of this.#watchers) watch(event);
  }

  /** Calls back, once, when the request is over: its response has left, or never will. */
  onEnd(callback: () => void): void {
    this.#ends.push(callback);
  }

  /** Ends the response where it stands: nobody is there to read it, a fault cuts the connection, or the server made a mistake. */
  abort(error: unknown): void {
    const by = isCausedByClient(error) ? "client" : error instanceof FaultCutError ? "fault" : "server";
    this.emit({ type: "aborted", by, error });
    this.#controller.abort(error);
    this.#exchange.cut(by === "fault" ? "connection" : "stream");
  }

  /** Gives back all that the request holds, and tells those who watch it. */
  finish(): void {
    for (const end of this.#ends) end();
    this.emit({ type: "ended", durationMs: performance.now() - this.startedAt });
  }

  /** The connection is free of it; a server that closes no longer waits for it. */
  deregister(): void {
    this.#context.running.end(this.#controller);
  }
}
