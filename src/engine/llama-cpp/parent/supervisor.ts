import { setTimeout as sleep } from "node:timers/promises";

import type { EngineHealth, EngineMemory, EngineModel } from "../../engine.js";
import { EngineStoppedError, EngineUnavailableError } from "../../errors.js";
import type { LoadOptions } from "../protocol.js";
import { EngineSession, type SessionEnd } from "./engine-session.js";
import { RestartPolicy } from "./restart-policy.js";
import type { SessionLimits } from "./session-limits.js";

/** What happens in an engine's life, for a log. */
export type LlamaCppEvent =
  | {
      readonly type: "ready";
      readonly model: EngineModel;
      readonly pid: number | undefined;
      /** Milliseconds from the start of the process. */
      readonly loadMs: number;
    }
  /**
   * The process died, hung, held too much memory, or couldn't load the model. It's started again after `restartMs`; undefined: not
   * at all.
   */
  | { readonly type: "stopped"; readonly reason: string; readonly restartMs: number | undefined }
  /** The process holds too much memory; it's replaced once nothing runs. */
  | { readonly type: "grown"; readonly reason: string }
  /** A line of llama.cpp's own log. */
  | { readonly type: "log"; readonly level: string; readonly message: string };

/**
 * How often a model is loaded for the first time before it's given up, if the process dies over it. Perhaps memory was short for a
 * moment; if it's short for good, every attempt costs the whole machine.
 */
const FIRST_LOADS = 3;

const CLOSED = "The engine is closed.";

/** What to load. */
export interface ToLoad {
  readonly options: LoadOptions;
  /** What only the model's file says. */
  readonly chatTemplate: Promise<string | undefined> | undefined;
}

/** A session whose model is loaded. */
export interface ReadySession {
  readonly session: EngineSession;
  readonly model: EngineModel;
}

/**
 * Keeps an engine process running: starts it, and starts it again when it dies, slower each time in a crash loop. A model that
 * llama.cpp refuses is not tried again, unless it was loaded before: its file won't get better by itself.
 */
export class Supervisor {
  readonly #find: (signal: AbortSignal) => Promise<ToLoad>;
  readonly #onEvent: (event: LlamaCppEvent) => void;
  readonly #limits: SessionLimits;
  readonly #closing = new AbortController();
  readonly #restarts = new RestartPolicy();
  #current: Promise<ReadySession>;
  #session: EngineSession | undefined;
  #closed: Promise<void> | undefined;
  #health: EngineHealth = { ready: false, reason: "The model is being loaded." };
  #servedBefore = false;
  #nextStartAt = 0;
  #firstLoads = 0;

  /** @param find - finds or fetches what is to be loaded; called at once */
  constructor(
    find: (signal: AbortSignal) => Promise<ToLoad>,
    onEvent: (event: LlamaCppEvent) => void,
    limits: SessionLimits,
  ) {
    this.#limits = limits;
    this.#find = find;
    this.#onEvent = onEvent;
    this.#current = this.#start(0, undefined);
  }

  /** The session that serves, or will once it's loaded. Rejects with {@link EngineUnavailableError}. */
  get current(): Promise<ReadySession> {
    return this.#current;
  }

  get health(): EngineHealth {
    return this.#health;
  }

  /** When the process is started that `current` waits for, in milliseconds since the epoch; long ago if it was. */
  get nextStartAt(): number {
    return this.#nextStartAt;
  }

  get memory(): EngineMemory | undefined {
    return this.#session?.memory;
  }

  /** Ends the process, or the work towards it. Resolves once it's gone. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    const closed = new EngineUnavailableError(CLOSED, false);
    const last = this.#current;
    this.#health = { ready: false, reason: closed.message };
    this.#current = Promise.reject(closed);
    this.#current.catch(() => undefined);
    this.#closing.abort(closed);
    const serving = await last.catch(() => undefined);
    await serving?.session.kill(CLOSED);
    this.#session = undefined;
  }

  #start(delayMs: number, before: EngineSession | undefined): Promise<ReadySession> {
    this.#nextStartAt = Date.now() + delayMs;
    const started = this.#launch(delayMs, before);
    // whoever asks gets the error; nobody may ask
    started.catch(() => undefined);
    return started;
  }

  async #launch(delayMs: number, before: EngineSession | undefined): Promise<ReadySession> {
    const { signal } = this.#closing;
    // there may not be memory for two
    await before?.kill("It is being replaced.");
    if (delayMs > 0) await sleep(delayMs, undefined, { signal, ref: false }).catch(() => undefined);
    signal.throwIfAborted();
    try {
      const toLoad = await this.#find(signal);
      signal.throwIfAborted();
      return await this.#load(toLoad, signal);
    } catch (error) {
      signal.throwIfAborted();
      const message = error instanceof Error ? error.message : String(error);
      const restartMs = this.#mayLoadAgain(error)
        ? this.#restart({ reason: message, planned: false }, undefined)
        : undefined;
      if (restartMs === undefined) {
        this.#health = { ready: false, reason: message };
        this.#onEvent({ type: "stopped", reason: message, restartMs });
      }
      throw new EngineUnavailableError(message, restartMs !== undefined, { cause: error });
    }
  }

  async #load({ options, chatTemplate }: ToLoad, signal: AbortSignal): Promise<ReadySession> {
    const startedAt = performance.now();
    let ready = false;
    const session = new EngineSession(options, this.#limits, {
      onLog: (level, message) => this.#onEvent({ type: "log", level, message }),
      onGrown: (reason) => this.#onEvent({ type: "grown", reason }),
      onLoading: (share) => {
        if (!ready) this.#reportLoading(share);
      },
      onEnd: (end) => {
        signal.removeEventListener("abort", kill);
        if (ready && !signal.aborted) this.#restart(end, session);
      },
    });
    const kill = () => void session.kill(CLOSED);
    signal.addEventListener("abort", kill);
    try {
      const model = { ...(await session.ready), chatTemplate: await chatTemplate };
      ready = true;
      this.#session = session;
      this.#servedBefore = true;
      this.#restarts.started();
      this.#health = { ready: true };
      const loadMs = Math.round(performance.now() - startedAt);
      this.#onEvent({ type: "ready", model, pid: session.pid, loadMs });
      return { session, model };
    } catch (error) {
      await session.kill("The model couldn't be loaded.");
      throw error;
    }
  }

  #mayLoadAgain(error: unknown): boolean {
    if (this.#servedBefore) return true;
    this.#firstLoads += 1;
    return error instanceof EngineStoppedError && this.#firstLoads < FIRST_LOADS;
  }

  #reportLoading(share: number): void {
    this.#health = { ready: false, reason: `The model is being loaded (${Math.round(share * 100)} %).` };
  }

  /** Plans the next start and gives its delay. */
  #restart(end: SessionEnd, session: EngineSession | undefined): number {
    const { delayMs, note } = end.planned ? this.#restarts.planned() : this.#restarts.crashed();
    const reason = `${end.reason}${note}`;
    this.#session = undefined;
    this.#health = { ready: false, reason: `${reason} It is being started again.` };
    this.#current = this.#start(delayMs, session);
    this.#onEvent({ type: "stopped", reason, restartMs: delayMs });
    return delayMs;
  }
}
