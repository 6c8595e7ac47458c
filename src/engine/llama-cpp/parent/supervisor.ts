import { setTimeout as sleep } from "node:timers/promises";

import type { EngineHealth, EngineMemory, EngineModel } from "../../engine.js";
import { EngineStoppedError, EngineUnavailableError } from "../../errors.js";
import type { LoadOptions } from "../protocol.js";
import { EngineSession, type SessionEnd } from "./engine-session.js";
import { EngineLoadError } from "./load-failure.js";
import { RestartPolicy } from "./restart-policy.js";
import type { SessionLimits } from "./session-limits.js";

/** An event in the life of an engine, for a log. */
export type LlamaCppEvent =
  | {
      readonly type: "ready";
      readonly model: EngineModel;
      readonly pid: number | undefined;
      /** Milliseconds from the start of the process until the model was loaded. */
      readonly loadMs: number;
    }
  /**
   * The process died, hung, used too much memory, or couldn't load the model. It's started again after `restartMs` milliseconds, or
   * never if that's undefined.
   */
  | { readonly type: "stopped"; readonly reason: string; readonly restartMs: number | undefined }
  /** The process uses too much memory and will be replaced once it's idle. */
  | { readonly type: "grown"; readonly reason: string }
  /** A line of llama.cpp's own log. */
  | { readonly type: "log"; readonly level: string; readonly message: string };

/**
 * Attempts to load a model for the first time if the process dies while loading. Memory may have been short for a moment; if it stays
 * short, each attempt slows the whole machine down.
 */
const FIRST_LOADS = 3;

/** A request that was waiting for the model, as that of `cria "…"` is, comes first. */
const PREPARE_DELAY_MS = 50;

const CLOSED = "The engine is closed.";

/** What to load. */
export interface ToLoad {
  readonly options: LoadOptions;
  /** Read from the model's file, not by llama.cpp. */
  readonly chatTemplate: Promise<string | undefined> | undefined;
  /** What prompts are expected to begin with; "" if that isn't known. Never rejects. */
  readonly beginning?: ((model: EngineModel) => Promise<string>) | undefined;
  /** Makes the next search find another build of the engine, since this one can't be loaded. */
  readonly fallBack?: ((reason: string) => Promise<void>) | undefined;
}

/** A session whose model is loaded. */
export interface ReadySession {
  readonly session: EngineSession;
  readonly model: EngineModel;
  /** What was loaded. */
  readonly options: LoadOptions;
}

/**
 * Keeps an engine process running: starts it, and starts it again when it dies, with growing delays in a crash loop. A model that
 * llama.cpp can't load isn't tried again unless it was loaded before.
 */
export class Supervisor {
  readonly #find: (signal: AbortSignal) => Promise<ToLoad>;
  readonly #onEvent: (event: LlamaCppEvent) => void;
  readonly #limits: SessionLimits;
  readonly #closing = new AbortController();
  readonly #policy = new RestartPolicy();
  #current: Promise<ReadySession>;
  #session: EngineSession | undefined;
  #closed: Promise<void> | undefined;
  #health: EngineHealth = { ready: false, reason: "The model is being loaded." };
  #servedBefore = false;
  #nextStartAt = 0;
  #firstLoads = 0;
  #restarts = 0;

  /** @param find - finds or fetches what to load; called at once, and before each restart */
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

  /** The current session, once its model is loaded. Rejects with {@link EngineUnavailableError}. */
  get current(): Promise<ReadySession> {
    return this.#current;
  }

  get health(): EngineHealth {
    return this.#health;
  }

  /** When the process of `current` is started, in ms since 1970; in the past if it has been. */
  get nextStartAt(): number {
    return this.#nextStartAt;
  }

  /** How often the process was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  get memory(): EngineMemory | undefined {
    return this.#session?.memory;
  }

  /** Ends the process, or stops starting it. Resolves once it's gone. */
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
    // a caller of `current` gets the error; there may be none
    started.catch(() => undefined);
    return started;
  }

  async #launch(delayMs: number, before: EngineSession | undefined): Promise<ReadySession> {
    const { signal } = this.#closing;
    // memory may not suffice for both
    await before?.kill("It is being replaced.");
    if (delayMs > 0) await sleep(delayMs, undefined, { signal, ref: false }).catch(() => undefined);
    signal.throwIfAborted();
    try {
      const toLoad = await this.#find(signal);
      signal.throwIfAborted();
      return await this.#loadOrFallBack(toLoad, signal);
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

  /** A build that the user didn't choose and that can't be loaded is replaced, once. */
  async #loadOrFallBack(toLoad: ToLoad, signal: AbortSignal): Promise<ReadySession> {
    try {
      return await this.#load(toLoad, signal);
    } catch (error) {
      const isBuild = error instanceof EngineLoadError && error.what === "engine";
      if (!isBuild || toLoad.fallBack === undefined || this.#servedBefore) throw error;
      await toLoad.fallBack(error.reason);
      signal.throwIfAborted();
      const other = await this.#find(signal);
      signal.throwIfAborted();
      return this.#load(other, signal);
    }
  }

  async #load({ options, chatTemplate, beginning }: ToLoad, signal: AbortSignal): Promise<ReadySession> {
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
      this.#policy.started();
      this.#health = { ready: true };
      const loadMs = Math.round(performance.now() - startedAt);
      this.#onEvent({ type: "ready", model, pid: session.pid, loadMs });
      if (beginning) setTimeout(() => void session.prepare(() => beginning(model)), PREPARE_DELAY_MS).unref();
      return { session, model, options };
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

  /** Schedules the next start. @returns its delay in milliseconds */
  #restart(end: SessionEnd, session: EngineSession | undefined): number {
    const { delayMs, note } = end.planned ? this.#policy.planned() : this.#policy.crashed();
    this.#restarts += 1;
    const reason = `${end.reason}${note}`;
    this.#session = undefined;
    this.#health = { ready: false, reason: `${reason} It is being restarted.` };
    this.#current = this.#start(delayMs, session);
    this.#onEvent({ type: "stopped", reason, restartMs: delayMs });
    return delayMs;
  }
}
