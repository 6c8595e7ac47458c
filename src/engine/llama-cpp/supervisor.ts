import { setTimeout as sleep } from "node:timers/promises";

import type { EngineHealth, EngineModel } from "../engine.js";
import { EngineUnavailableError } from "../errors/engine-unavailable-error.js";
import { EngineSession } from "./engine-session.js";
import type { LoadOptions } from "./protocol.js";

/** A process that served this long before it died isn't in a crash loop. */
const STABLE_MS = 10_000;

/** Pauses before a restart: none after a first crash, then a second, doubling up to half a minute. */
const FIRST_RESTART_DELAY_MS = 1_000;
const MAX_RESTART_DELAY_MS = 30_000;

/** What happens in an engine's life, for a log. */
export type LlamaCppEvent =
  | {
      readonly type: "ready";
      readonly model: EngineModel;
      readonly pid: number | undefined;
      /** Milliseconds from the start of the process. */
      readonly loadMs: number;
    }
  /** The process died, or couldn't load the model. It's started again after `restartMs`; undefined: not at all. */
  | { readonly type: "stopped"; readonly reason: string; readonly restartMs: number | undefined }
  /** A line of llama.cpp's own log. */
  | { readonly type: "log"; readonly level: string; readonly message: string };

/** A session whose model is loaded. */
export interface ReadySession {
  readonly session: EngineSession;
  readonly model: EngineModel;
}

/**
 * Keeps an engine process running: starts it, and starts it again when it dies, slower each time in a crash loop. A model that
 * never loaded is not tried again: its file won't get better by itself.
 */
export class Supervisor {
  readonly #loadOptions: (signal: AbortSignal) => Promise<LoadOptions>;
  readonly #onEvent: (event: LlamaCppEvent) => void;
  readonly #loadStallMs: number;
  readonly #closing = new AbortController();
  #current: Promise<ReadySession>;
  #closed: Promise<void> | undefined;
  #health: EngineHealth = { ready: false, reason: "The model is being loaded." };
  #servedBefore = false;
  #crashes = 0;

  /** @param loadOptions - finds or fetches what is to be loaded; called at once */
  constructor(
    loadOptions: (signal: AbortSignal) => Promise<LoadOptions>,
    onEvent: (event: LlamaCppEvent) => void,
    loadStallMs: number,
  ) {
    this.#loadStallMs = loadStallMs;
    this.#loadOptions = loadOptions;
    this.#onEvent = onEvent;
    this.#current = this.#start(0);
  }

  /** The session that serves, or will once it's loaded. Rejects with {@link EngineUnavailableError}. */
  get current(): Promise<ReadySession> {
    return this.#current;
  }

  get health(): EngineHealth {
    return this.#health;
  }

  /** Ends the process, or the work towards it. Resolves once it's gone. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    const closed = new EngineUnavailableError("The engine is closed.", false);
    const last = this.#current;
    this.#health = { ready: false, reason: closed.message };
    this.#current = Promise.reject(closed);
    this.#current.catch(() => undefined);
    this.#closing.abort(closed);
    const serving = await last.catch(() => undefined);
    await serving?.session.ended;
  }

  #start(delayMs: number): Promise<ReadySession> {
    const started = this.#launch(delayMs);
    // whoever asks gets the error; nobody may ask
    started.catch(() => undefined);
    return started;
  }

  async #launch(delayMs: number): Promise<ReadySession> {
    const { signal } = this.#closing;
    if (delayMs > 0) await sleep(delayMs, undefined, { signal, ref: false }).catch(() => undefined);
    signal.throwIfAborted();
    try {
      const options = await this.#loadOptions(signal);
      signal.throwIfAborted();
      return await this.#load(options, signal);
    } catch (error) {
      signal.throwIfAborted();
      const message = error instanceof Error ? error.message : String(error);
      const restartMs = this.#servedBefore ? this.#restartAfter(message) : undefined;
      if (restartMs === undefined) this.#health = { ready: false, reason: message };
      this.#onEvent({ type: "stopped", reason: message, restartMs });
      throw new EngineUnavailableError(message, restartMs !== undefined, { cause: error });
    }
  }

  async #load(options: LoadOptions, signal: AbortSignal): Promise<ReadySession> {
    const startedAt = performance.now();
    const session = new EngineSession(
      options,
      (level, message) => this.#onEvent({ type: "log", level, message }),
      (share) => {
        this.#health = { ready: false, reason: `The model is being loaded (${Math.round(share * 100)} %).` };
      },
      this.#loadStallMs,
    );
    const kill = () => void session.kill();
    signal.addEventListener("abort", kill);
    void session.ended.then(() => signal.removeEventListener("abort", kill));
    try {
      const model = await session.ready;
      const readyAt = performance.now();
      this.#servedBefore = true;
      this.#health = { ready: true };
      this.#onEvent({ type: "ready", model, pid: session.pid, loadMs: Math.round(readyAt - startedAt) });
      void session.ended.then(({ reason }) => {
        if (signal.aborted) return;
        if (performance.now() - readyAt > STABLE_MS) this.#crashes = 0;
        this.#onEvent({ type: "stopped", reason, restartMs: this.#restartAfter(reason) });
      });
      return { session, model };
    } catch (error) {
      await session.kill();
      throw error;
    }
  }

  /** Plans the next start and gives its delay. */
  #restartAfter(reason: string): number {
    this.#crashes += 1;
    const delayMs =
      this.#crashes === 1
        ? 0
        : Math.min(MAX_RESTART_DELAY_MS, FIRST_RESTART_DELAY_MS * 2 ** (this.#crashes - 2));
    this.#health = { ready: false, reason: `${reason} It is being started again.` };
    this.#current = this.#start(delayMs);
    return delayMs;
  }
}
