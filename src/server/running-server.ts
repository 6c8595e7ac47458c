import type { EngineModel } from "../engine/index.js";
import type { Engines } from "../fleet/engines.js";
import type { AuthMode } from "./access/auth-mode.js";
import type { CriaServer } from "./cria-server.js";
import { CLOSE_FLUSH_MS, CLOSE_GRACE_MS } from "./limits.js";
import { environmentFor } from "./reach/environment.js";
import type { TrustFiles } from "./reach/tls-options.js";
import type { RunningRequests } from "./running-requests.js";
import type { Listener } from "./transport/listener.js";

/** The parts a running server is made of. */
export interface ServerParts {
  readonly url: string;
  readonly auth: AuthMode;
  /** Undefined where there is nothing that programs must be made to trust. */
  readonly trust: TrustFiles | undefined;
  readonly listener: Listener;
  readonly requests: RunningRequests;
  readonly engines: Engines;
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
    const { engines, signal } = this.#parts;
    try {
      return await engines.ready();
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  env(base: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
    return environmentFor(this.#parts, base);
  }

  close({ graceMs = CLOSE_GRACE_MS }: { readonly graceMs?: number } = {}): Promise<void> {
    const deadline = setTimeout(() => this.#parts.requests.abortAll(), graceMs);
    this.#closed ??= this.#close();
    return this.#closed.finally(() => clearTimeout(deadline));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { listener, requests, engines } = this.#parts;
    requests.close();
    listener.stop();
    await requests.ended;
    await listener.close(CLOSE_FLUSH_MS);
    await engines.close();
  }

  /** A fetch or a load that nobody waits for any more ends with its engine. */
  #giveUpOnAbort(): void {
    const { engines, signal } = this.#parts;
    if (!signal) return;
    const giveUp = () => void engines.close();
    signal.addEventListener("abort", giveUp, { once: true });
    const forget = () => signal.removeEventListener("abort", giveUp);
    engines.ready().then(forget, forget);
    if (signal.aborted) giveUp();
  }
}
