import { createHash, randomUUID } from "node:crypto";

import { tooManyRequests } from "../bedrock/index.js";
import { ClientGoneError, FaultCutError } from "./errors.js";
import { RequestFaults } from "./faults/index.js";
import type { ServerLimits } from "./limits.js";
import {
  incomingTrace,
  type RequestEvent,
  type RequestTracer,
  type RequestWatcher,
  type TraceContext,
  traceHeaders,
} from "./observe/index.js";
import type { RunningRequests } from "./running-requests.js";
import type { Share, SharedBound } from "./shared-bound.js";
import { isCausedByClient } from "./to-exception.js";
import { type Exchange, readBody } from "./transport/index.js";

/** What all requests of a server share. */
export interface RequestContext {
  readonly limits: ServerLimits;
  readonly running: RunningRequests;
  /** The concurrent requests that are worked on. */
  readonly slots: SharedBound;
  /** The memory for request bodies, in bytes. */
  readonly bodies: SharedBound;
  readonly watchers: readonly RequestWatcher[];
  /** Makes a span of each request; undefined if traces are off. */
  readonly tracer: RequestTracer | undefined;
}

/** A request, from its acceptance until its response is sent. The same class serves HTTP/1.1 and HTTP/2. */
export class ServerRequest {
  /** The response's `x-amzn-RequestId`. */
  readonly id: string = randomUUID();
  /** When the request was accepted, in ms of `performance.now()`. */
  readonly startedAt = performance.now();
  /** Aborted with a {@link ClientGoneError}, {@link ReaderStalledError} or {@link ServerClosingError}. */
  readonly signal: AbortSignal;
  /** The resource that the path names, decoded, such as a model id or an ARN; "" if the path names none. */
  resource = "";
  /** Whether another request waits for the sequence of this one's generation. */
  isSequenceWanted: () => boolean = () => false;
  /** The faults that may be injected into this request. */
  faults = new RequestFaults();
  /** The name of the stand-in that answers; undefined if the requested model answers, or if no model has been chosen yet. */
  standIn: string | undefined;
  /** The name of the model that answers in the requested one's own format, though it isn't of its family. */
  answersAs: string | undefined;
  /** When it began to wait for an engine, whichever, in ms since 1970; undefined if it hasn't. */
  waitingSince: number | undefined;
  /** Whether an engine has begun to work on it. */
  isGenerating = false;

  /** The trace that it belongs to, if any. */
  readonly #trace: TraceContext | undefined;
  readonly #exchange: Exchange;
  readonly #context: RequestContext;
  readonly #controller: AbortController;
  readonly #slot: Share;
  readonly #body: Share;
  readonly #watchers: ((event: RequestEvent) => void)[];
  readonly #ends: (() => void)[] = [];
  /** Ends the request as one of too many without a slot: its client hasn't sent its body, or doesn't read its answer. */
  readonly #giveWay = () => this.#exchange.cut("stream");
  #endWork: () => void = () => undefined;
  #bytes: Promise<Uint8Array> | undefined;

  constructor(exchange: Exchange, context: RequestContext) {
    this.#exchange = exchange;
    this.#context = context;
    const controller = context.running.start(this.#giveWay);
    this.#controller = controller;
    this.signal = controller.signal;
    this.#slot = context.slots.share(exchange.connection);
    this.#body = context.bodies.share(exchange.connection);
    this.onEnd(() => this.release());
    this.onEnd(() => this.answered());
    exchange.onGone(() => controller.abort(new ClientGoneError()));
    const { id: requestId, startedAt } = this;
    const { protocol, method, path } = exchange;
    const trace = incomingTrace(exchange);
    const accepted = { type: "accepted", requestId, protocol, method, path, startedAt, trace } as const;
    const span = context.tracer?.(accepted);
    this.#trace = span?.trace ?? trace;
    this.#watchers = context.watchers.map((watch) => watch({ ...accepted, trace: this.#trace }));
    if (span) this.#watchers.push(span.onEvent);
  }

  get method(): string {
    return this.#exchange.method;
  }

  /** Path and query as sent, percent-encoded. */
  get path(): string {
    return this.#exchange.path;
  }

  /** The host that it names, in lower case and without its port; undefined if it doesn't name exactly one. */
  get host(): string | undefined {
    return this.#exchange.host;
  }

  /** The client's IP address; "" if it isn't known. */
  get address(): string {
    return this.#exchange.connection.address;
  }

  /** The headers with which a request to another server, on behalf of this one, joins its trace; undefined if it belongs to none. */
  get traceHeaders(): Readonly<Record<string, string>> | undefined {
    return this.#trace && traceHeaders(this.#trace);
  }

  /** The names of its headers, in lower case, each once. */
  get headerNames(): readonly string[] {
    return this.#exchange.headerNames;
  }

  /** Whether its client could take a byte of the answer now. */
  get canTake(): boolean {
    return this.#exchange.canTake;
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
   * Takes a slot.
   *
   * @param proved - whether the caller has proved a key, or needs none
   * @throws {BedrockException} ThrottlingException: no slot is free for this caller. Most SDKs send such a request again.
   */
  admit(proved: boolean): void {
    if (proved) this.prove();
    // check: slot
    if (!this.#slot.reserve(1)) throw tooManyRequests();
    this.#context.running.tookSlot(this.#controller);
  }

  /** Notes that the caller has proved a key, or needs none. */
  prove(): void {
    this.#exchange.connection.prove();
    this.#slot.prove();
    this.#body.prove();
  }

  /**
   * Reads the whole body. Nothing of it is read before the first call; later calls return the same promise.
   *
   * @throws {BedrockException} the body exceeds the limit, or the bodies of all requests together do.
   * @throws {RequestTimeoutError} the body didn't arrive in time.
   * @throws {ClientGoneError} the connection ended before the body was complete.
   */
  body(): Promise<Uint8Array> {
    return (this.#bytes ??= this.#readBody());
  }

  /** Reads the whole body, as {@link body} does. @returns its SHA-256, in hexadecimal, computed while it comes */
  async bodySha256(): Promise<string> {
    const hash = createHash("sha256");
    if (this.#bytes) hash.update(await this.#bytes);
    else await (this.#bytes = this.#readBody((chunk) => void hash.update(chunk)));
    return hash.digest("hex");
  }

  async #readBody(onChunk?: (chunk: Uint8Array) => void): Promise<Uint8Array> {
    const { limits } = this.#context;
    const bytes = await readBody(this.#exchange, limits, this.#body, this.signal, onChunk);
    this.#endWork = this.#exchange.connection.work();
    return bytes;
  }

  /** Passes an event to the request's watchers. */
  emit(event: RequestEvent): void {
    for (const watch of this.#watchers) watch(event);
  }

  /** Registers a callback that runs once, when the response has been sent or aborted. */
  onEnd(callback: () => void): void {
    this.#ends.push(callback);
  }

  /** Ends an incomplete response: the client has gone, a fault cuts the connection, or the server failed. */
  abort(error: unknown): void {
    const by = isCausedByClient(error) ? "client" : error instanceof FaultCutError ? "fault" : "server";
    this.emit({ type: "aborted", by, error });
    this.#controller.abort(error);
    this.#exchange.cut(by === "fault" ? "connection" : "stream");
  }

  /** Gives back the request's slot and body memory; once it has ended, or earlier if it needs neither any more. */
  release(): void {
    this.#slot.release();
    this.#body.release();
    this.#context.running.gaveSlotBack(this.#controller, this.#giveWay);
  }

  /** Notes that nothing is computed for the request any more, so that its connection waits for the client. */
  answered(): void {
    this.#endWork();
    this.#endWork = () => undefined;
  }

  /** Releases the request's resources and emits `ended`. */
  finish(): void {
    for (const end of this.#ends) end();
    this.emit({ type: "ended", durationMs: performance.now() - this.startedAt });
  }

  /** Removes the request from the running ones, so that a closing server no longer waits for it. */
  deregister(): void {
    this.#context.running.end(this.#controller);
  }
}
