import type { Logger } from "pino";

import { urlOf } from "../../platform/index.js";
import type { Authenticator } from "../access/index.js";
import { Callers } from "../callers/index.js";
import { handle, type ServerContext } from "../handle.js";
import { CLOSE_FLUSH_MS, type ServerLimits } from "../limits.js";
import { logRequests, type RequestWatcher } from "../observe/index.js";
import { RunningRequests } from "../running-requests.js";
import type { MetricsPage } from "../services.js";
import { SharedBound } from "../shared-bound.js";
import { type Exchange, listen, type Listener } from "../transport/index.js";
import { Instruments, type MetricSources } from "./instruments.js";
import { checkScraper, type ScraperRules } from "./scraper-access.js";
import { watchRequests } from "./watch-requests.js";

/** What {@link ServerMetrics} needs. */
export interface ServerMetricsOptions {
  /** A port of its own; undefined for the server's. */
  readonly port: number | undefined;
  /** Address to listen on with a port of its own. */
  readonly host: string;
  /** Checks the scraper's key; undefined if none is asked for. */
  readonly authenticator: Authenticator | undefined;
  /** The certificate of the server's port, in PEM; undefined if TLS is off. */
  readonly certificate: string | undefined;
  readonly allowHosts: readonly string[];
  readonly limits: ServerLimits;
  readonly logger: Logger;
}

/** Measures a server's requests and engines, and answers `GET /metrics`: on the server's port, or on one of its own. */
export class ServerMetrics {
  /** Measures requests. */
  readonly watcher: RequestWatcher;
  readonly #options: ServerMetricsOptions;
  readonly #instruments = new Instruments();
  readonly #callers: Callers;
  #listener: Listener | undefined;
  #sources: MetricSources = { engines: () => [], upstreams: () => [], loaded: () => 0, isReady: () => false };

  /** @throws {InvalidHostError} an entry of `allowHosts` can't be used. */
  constructor(options: ServerMetricsOptions) {
    const { host, certificate, allowHosts, authenticator } = options;
    this.#options = options;
    this.watcher = watchRequests(this.#instruments);
    // no web page may read them
    const auth = authenticator ? "keys" : "none";
    this.#callers = new Callers({ host, auth, certificate, allowHosts, allowOrigins: [] });
  }

  /** What the server's own port answers; undefined if the metrics have another one. */
  get page(): MetricsPage | undefined {
    return this.#options.port === undefined ? this.#page(true) : undefined;
  }

  /** Where the metrics are. @param serverUrl - the server's URL */
  url(serverUrl: string): string {
    const { host } = this.#options;
    return `${this.#listener ? urlOf(host, this.#listener.port) : serverUrl}/metrics`;
  }

  /**
   * Opens the port of its own, if it has one.
   *
   * @throws {PortInUseError} another process listens on it.
   * @throws {ListenError} the port can't be opened for another reason.
   */
  async listen(): Promise<void> {
    const { host, port, limits, logger } = this.#options;
    if (port === undefined) return;
    this.#listener = await listen({ host, port, tls: undefined, limits, logger }, (exchange) =>
      this.#onExchange(exchange),
    );
  }

  /** Begins to measure engines, and to answer on the port of its own. */
  start(current: () => ServerContext): void {
    const server = current();
    const { running } = server;
    this.#sources = {
      engines: () => current().fleet.engines(),
      upstreams: () => current().fleet.upstreams(),
      loaded: () => current().fleet.loaded().length,
      isReady: () => current().fleet.health().ready && !running.draining,
    };
    const { limits, logger, authenticator } = this.#options;
    const asksForKeys = authenticator !== undefined;
    const own: ServerContext = {
      ...server,
      callers: this.#callers,
      offers: (name) => name === "Metrics",
      metrics: this.#page(false),
      running: new RunningRequests(limits.slotless),
      slots: new SharedBound(limits.requests, asksForKeys),
      bodies: new SharedBound(limits.bodyBytesInAll, asksForKeys),
      watchers: [logRequests(logger)],
      tracer: undefined,
    };
    this.#onExchange = (exchange) => void handle(exchange, own);
  }

  /** Closes the port of its own. */
  async close(): Promise<void> {
    this.#listener?.stop();
    await this.#listener?.close(CLOSE_FLUSH_MS);
  }

  #onExchange: (exchange: Exchange) => void = (exchange) => exchange.cut("stream");

  #page(sharesPort: boolean): MetricsPage {
    const rules: ScraperRules = {
      authenticator: this.#options.authenticator,
      sharesPort,
      callers: this.#callers,
    };
    return {
      check: (request) => checkScraper(request, rules),
      read: () => this.#instruments.read(this.#sources),
    };
  }
}
