import type { EngineHealth, EngineModel } from "../engine/index.js";
import { timerMs } from "../platform/index.js";
import type { AuthMode } from "./access/index.js";
import { CLOSE_FLUSH_MS, CLOSE_GRACE_MS } from "./limits.js";
import { environmentFor, type EnvironmentOptions, type TrustFiles } from "./reach/index.js";
import type { Configurations } from "./reload/index.js";
import type { RunningRequests } from "./running-requests.js";
import type { ChangeableOptions } from "./serve-options.js";
import type { Listener } from "./transport/index.js";

/** The parts of a running server. */
export interface ServerParts {
  readonly url: string;
  /** Undefined if there are no metrics. */
  readonly metricsUrl: string | undefined;
  /** Undefined if the server has no certificate that programs must be configured to trust. */
  readonly trust: TrustFiles | undefined;
  readonly listener: Listener;
  readonly running: RunningRequests;
  readonly configurations: Configurations;
  /** Closes what else the server has. */
  readonly close: () => Promise<void>;
  readonly signal: AbortSignal | undefined;
}

export class RunningServer implements CriaServer {
  readonly #parts: ServerParts;
  #closed: Promise<void> | undefined;
  #cutOff: NodeJS.Timeout | undefined;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#giveUpOnAbort();
  }

  get url(): string {
    return this.#parts.url;
  }

  get port(): number {
    return this.#parts.listener.port;
  }

  get metricsUrl(): string | undefined {
    return this.#parts.metricsUrl;
  }

  get auth(): AuthMode {
    return this.#parts.configurations.auth;
  }

  get certificateFile(): string | undefined {
    return this.#parts.trust?.certificate;
  }

  async ready(): Promise<readonly EngineModel[]> {
    const { configurations, signal } = this.#parts;
    try {
      return await configurations.current.fleet.ready();
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  health(): EngineHealth {
    return this.#parts.configurations.current.fleet.health();
  }

  env(base: NodeJS.ProcessEnv = process.env, options: EnvironmentOptions = {}): NodeJS.ProcessEnv {
    const { url, trust } = this.#parts;
    return environmentFor({ url, trust, auth: this.auth }, base, options);
  }

  reconfigure(options: ChangeableOptions): Promise<void> {
    return this.#parts.configurations.change(options);
  }

  drain(): void {
    this.#parts.running.drain();
  }

  close({ graceMs = CLOSE_GRACE_MS }: { readonly graceMs?: number } = {}): Promise<void> {
    const deadline = setTimeout(() => this.#abortAll(), timerMs(graceMs));
    this.#closed ??= this.#close();
    return this.#closed.finally(() => clearTimeout(deadline));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { listener, running, configurations, close } = this.#parts;
    running.close();
    listener.stop();
    await running.ended;
    clearTimeout(this.#cutOff);
    await listener.close(CLOSE_FLUSH_MS);
    await Promise.all([configurations.close(), close()]);
  }

  /** Ends every request. One whose client doesn't read its end loses its connection. */
  #abortAll(): void {
    const { listener, running } = this.#parts;
    running.abortAll();
    this.#cutOff ??= setTimeout(() => listener.destroy(), CLOSE_FLUSH_MS).unref();
  }

  /** Closing the engines ends their downloads and loads. */
  #giveUpOnAbort(): void {
    const { configurations, signal } = this.#parts;
    if (!signal) return;
    const giveUp = () => void configurations.close();
    signal.addEventListener("abort", giveUp, { once: true });
    const forget = () => signal.removeEventListener("abort", giveUp);
    configurations.current.fleet.ready().then(forget, forget);
    if (signal.aborted) giveUp();
  }
}

/** A running server, as {@link serve} returns it. */
export interface CriaServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:2742`; with TLS `https://…`, although the port accepts both. */
  readonly url: string;
  /** The port that the server listens on. */
  readonly port: number;
  /** Where Prometheus finds the metrics; undefined if they are off. */
  readonly metricsUrl: string | undefined;
  /** Whether callers need a key. */
  readonly auth: AuthMode;
  /** The file of Cria's own certificate, which programs must be configured to trust; {@link env} configures them. */
  readonly certificateFile: string | undefined;
  /**
   * Resolves once the preloaded models are loaded, and the upstreams have answered for the first time, or haven't for 5 s: {@link health} tells then.
   *
   * @returns the models; none if every model is loaded on first use
   * @throws {EngineUnavailableError} a model can't be loaded.
   * @throws {UpstreamModelError} an upstream has several models and none was named, or not the one that was.
   * @throws `signal.reason` of the options, once aborted.
   */
  ready(): Promise<readonly EngineModel[]>;
  /** Whether requests can be answered now, and if not, why; as `GET /health` tells it. */
  health(): EngineHealth;
  /**
   * The environment variables that point a program's AWS SDK at this server: endpoints, a region if none is set, no proxy, and trust
   * in Cria's own certificate. If callers need no key, it has dummy keys and no variable that leads to real ones. If they need one, it
   * has the key in `CRIA_ACCESS_KEY_ID` and its companions, else the credentials in `base`. docs/environment.md lists the variables.
   *
   * @param base - the environment to start from. @default process.env
   */
  env(base?: NodeJS.ProcessEnv, options?: EnvironmentOptions): NodeJS.ProcessEnv;
  /**
   * Changes what callers meet, for the requests that come from now on: options that aren't given have their defaults again. Requests in progress
   * are answered to their end as they began, by the upstreams that they began with. An upstream that is asked for in the same words keeps its
   * connections. Waits for new ones to answer, for 5 s at most; one that doesn't is told by `/health`.
   *
   * A certificate of your own (`tls`) is used for new connections if the server was started with one; left out, the last one stays. Of the limits,
   * `headerBytes` and `handshakeMs` stay. All other options of {@link serve} can't be changed: start another server.
   *
   * @throws what {@link serve} throws of these options. Nothing has changed then.
   * @throws {UpstreamModelError} a new upstream has several models and none was named, or not the one that was.
   * @throws {ServerClosingError} the server has been closed.
   */
  reconfigure(options: ChangeableOptions): Promise<void>;
  /**
   * Tells whoever distributes requests to send no more: `GET /health/ready` answers 503 from now on, and no connection is kept alive, but every
   * request is still answered. Call {@link close} once they have noticed.
   */
  drain(): void;
  /**
   * Stops accepting requests, lets running requests finish for `graceMs`, ends the rest with an exception, and closes. A second call
   * waits for the same close; a shorter `graceMs` brings it forward.
   */
  close(options?: {
    /** How long running requests may continue, in ms; Infinity: until they have finished. @default 10000 */
    readonly graceMs?: number;
  }): Promise<void>;
}
