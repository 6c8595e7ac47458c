import type { EngineModel } from "../engine/index.js";
import type { Fleet } from "../fleet/index.js";
import { timerMs } from "../platform/index.js";
import type { AuthMode } from "./access/index.js";
import { CLOSE_FLUSH_MS, CLOSE_GRACE_MS } from "./limits.js";
import { environmentFor, type TrustFiles } from "./reach/index.js";
import type { RunningRequests } from "./running-requests.js";
import type { Listener } from "./transport/index.js";

/** The parts a running server is made of. */
export interface ServerParts {
  readonly url: string;
  readonly auth: AuthMode;
  /** Undefined where there is nothing that programs must be made to trust. */
  readonly trust: TrustFiles | undefined;
  readonly listener: Listener;
  readonly running: RunningRequests;
  readonly fleet: Fleet;
  readonly signal: AbortSignal | undefined;
}

export class RunningServer implements CriaServer {
  readonly #parts: ServerParts;
  #closed: Promise<void> | undefined;

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

  get auth(): AuthMode {
    return this.#parts.auth;
  }

  get certificateFile(): string | undefined {
    return this.#parts.trust?.certificate;
  }

  async ready(): Promise<readonly EngineModel[]> {
    const { fleet, signal } = this.#parts;
    try {
      return await fleet.ready();
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  env(base: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
    return environmentFor(this.#parts, base);
  }

  close({ graceMs = CLOSE_GRACE_MS }: { readonly graceMs?: number } = {}): Promise<void> {
    const deadline = setTimeout(() => this.#parts.running.abortAll(), timerMs(graceMs));
    this.#closed ??= this.#close();
    return this.#closed.finally(() => clearTimeout(deadline));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { listener, running, fleet } = this.#parts;
    running.close();
    listener.stop();
    await running.ended;
    await listener.close(CLOSE_FLUSH_MS);
    await fleet.close();
  }

  /** A fetch or a load that nobody waits for any more ends with its engine. */
  #giveUpOnAbort(): void {
    const { fleet, signal } = this.#parts;
    if (!signal) return;
    const giveUp = () => void fleet.close();
    signal.addEventListener("abort", giveUp, { once: true });
    const forget = () => signal.removeEventListener("abort", giveUp);
    fleet.ready().then(forget, forget);
    if (signal.aborted) giveUp();
  }
}

/** A running server, as {@link serve} gives it. */
export interface CriaServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:2742`; with TLS `https://…`, though the port speaks both. */
  readonly url: string;
  /** The port that it listens on. */
  readonly port: number;
  /** Who may call. */
  readonly auth: AuthMode;
  /** The file of a certificate of Cria's own, which programs must be made to trust; {@link env} does it. */
  readonly certificateFile: string | undefined;
  /**
   * Resolves once what is loaded from the start is loaded.
   *
   * @returns the models; none where nothing is loaded before it's needed
   * @throws {EngineUnavailableError} one can't be.
   * @throws `signal.reason` of the options, once aborted.
   */
  ready(): Promise<readonly EngineModel[]>;
  /**
   * The environment in which a program's AWS SDK finds this server: endpoints, a region where none is set, no proxy, and trust
   * in a certificate of Cria's own. Where anyone may call, dummy keys and nothing that leads to real ones; where only those
   * with a key may, the one in `CRIA_ACCESS_KEY_ID` and its like, else the credentials that `base` has.
   *
   * @param base - what the program would run in otherwise. @default process.env
   */
  env(base?: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
  /**
   * Takes no more requests, lets those that run finish, then ends them with an exception, and closes. Calling it again
   * waits for the same, unless with a shorter time.
   */
  close(options?: {
    /** How long running requests may go on; Infinity: until they have finished. @default 10000 */
    readonly graceMs?: number;
  }): Promise<void>;
}
