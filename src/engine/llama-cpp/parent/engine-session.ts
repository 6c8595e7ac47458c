import { timerMs } from "../../../platform/index.js";
import type { EngineMemory } from "../../engine.js";
import { EngineStoppedError } from "../../errors.js";
import {
  type FromChild,
  type GenerateParams,
  type LoadedModel,
  type LoadOptions,
  MAX_SHORT_TEXT,
  type ToChild,
} from "../protocol.js";
import { type EndOfProcess, EngineProcess } from "./engine-process.js";
import { Generations } from "./generations.js";
import { Heartbeat } from "./heartbeat.js";
import { EngineLoadError } from "./load-failure.js";
import { describeGrowth, MemoryWatch } from "./memory-watch.js";
import type { SessionLimits } from "./session-limits.js";
import { TokenCounts } from "./token-counts.js";
import type { TokenStream } from "./token-stream.js";

/** Why a session ended. */
export interface SessionEnd {
  /** One or two sentences for the user. */
  readonly reason: string;
  /** Whether it was ended on purpose: while idle, to be replaced, or because the engine is closed. */
  readonly planned: boolean;
}

export interface SessionListeners {
  readonly onLog: (level: string, message: string) => void;
  /** Called once if the process uses too much memory but can't be replaced yet. `reason` is a sentence for the user. */
  readonly onGrown: (reason: string) => void;
  /** Called with the fraction of the model that is loaded, 0 … 1. */
  readonly onLoading: (share: number) => void;
  /** Called once when the session takes no more requests: before its generations fail, and perhaps before the process is gone. */
  readonly onEnd: (end: SessionEnd) => void;
}

/** The life of one engine process: start, loading the model, generations, exit. */
export class EngineSession {
  /**
   * Resolves once the model is loaded. Rejects with {@link EngineLoadError} if it can't be, or with {@link EngineStoppedError} if the
   * process died meanwhile.
   */
  readonly ready: Promise<LoadedModel>;
  readonly #process: EngineProcess;
  readonly #options: LoadOptions;
  readonly #limits: SessionLimits;
  readonly #listeners: SessionListeners;
  readonly #generations: Generations;
  readonly #counts: TokenCounts;
  readonly #heartbeat: Heartbeat;
  readonly #memory: MemoryWatch;
  #onReady: (model: LoadedModel) => void = () => undefined;
  #onFailed: (error: Error) => void = () => undefined;
  #engineLoaded = false;
  #loading = true;
  #ended: EngineStoppedError | undefined;
  #loadTimer: NodeJS.Timeout | undefined;
  #lastId = 0;

  constructor(options: LoadOptions, limits: SessionLimits, listeners: SessionListeners) {
    this.#limits = limits;
    this.#listeners = listeners;
    this.#options = options;
    this.#memory = new MemoryWatch(limits.growthBytes);
    this.ready = new Promise((resolve, reject) => {
      this.#onReady = resolve;
      this.#onFailed = reject;
    });
    this.#generations = new Generations({
      sequences: options.sequences,
      send: (message) => this.#send(message),
      onChange: () => this.#updateRef(),
      limitMs: limits.generationMs,
    });
    this.#counts = new TokenCounts({
      send: (message) => this.#send(message),
      onChange: () => this.#updateRef(),
    });
    this.#heartbeat = new Heartbeat({
      ping: () => this.#send({ type: "ping" }),
      frozenMs: limits.frozenMs,
      batchMs: limits.batchMs,
      onFrozen: (reason) => this.#end({ reason, planned: false }),
    });
    this.#process = new EngineProcess(
      (message) => this.#receive(message),
      (end) => this.#exited(end),
    );
    this.#watchLoading();
    this.#send({ type: "load", ...options });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The memory that the process reported last; undefined before the model is loaded. */
  get memory(): EngineMemory | undefined {
    return this.#memory.latest;
  }

  /**
   * Starts a generation.
   *
   * @param onFree - called once when its sequence is free again, however the generation ends
   */
  generate(
    params: GenerateParams,
    signal: AbortSignal | undefined,
    onFree: () => void,
  ): Promise<TokenStream> {
    if (this.#ended) {
      onFree();
      return Promise.reject(this.#ended);
    }
    return this.#generations.start(++this.#lastId, params, signal, onFree);
  }

  /**
   * Has the beginning of prompts to come evaluated while nothing else is to be done, unless something was asked for already.
   *
   * @param beginning - "" if it isn't known; one too long for the process to tokenize is left out
   */
  async prepare(beginning: () => Promise<string>): Promise<void> {
    const isNeeded = () => !this.#ended && this.#lastId === 0;
    if (!isNeeded()) return;
    const text = await beginning();
    if (!isNeeded() || text === "" || text.length > MAX_SHORT_TEXT) return;
    this.#send({ type: "prepare", beginning: text });
  }

  /** Counts the tokens of a prompt. */
  countTokens(prompt: string, bos: GenerateParams["bos"]): Promise<number> {
    if (this.#ended) return Promise.reject(this.#ended);
    return this.#counts.start(++this.#lastId, prompt, bos);
  }

  /** Ends every generation with `reason`, and kills the process. Resolves once it's gone. */
  kill(reason: string): Promise<void> {
    this.#end({ reason, planned: true });
    return this.#process.kill();
  }

  #send(message: ToChild): void {
    this.#process.send(message);
  }

  #exited({ reason, crashed }: EndOfProcess): void {
    // what crashes while it's loaded would do so again: the build's files, or a GPU's driver
    if (this.#loading && crashed && (!this.#engineLoaded || this.#options.gpu !== false)) {
      this.#onFailed(new EngineLoadError("engine", reason.replace(/^The engine/u, "its"), this.#options));
    }
    this.#end({ reason, planned: false });
  }

  #watchLoading(): void {
    clearTimeout(this.#loadTimer);
    this.#loadTimer = setTimeout(() => {
      const seconds = this.#limits.loadStallMs / 1000;
      const reason = `Loading the model made no progress for ${seconds} s. Its file may be damaged.`;
      this.#onFailed(new Error(reason));
      this.#end({ reason, planned: false });
    }, timerMs(this.#limits.loadStallMs));
  }

  #receive(message: FromChild): void {
    this.#heartbeat.heard();
    switch (message.type) {
      case "log":
        this.#listeners.onLog(message.level, message.message);
        return;
      case "engine-loaded":
        this.#engineLoaded = true;
        return;
      case "devices":
        return;
      case "loading":
        this.#watchLoading();
        this.#listeners.onLoading(message.share);
        return;
      case "ready":
        this.#ready(message);
        return;
      case "failed":
        this.#onFailed(new EngineLoadError(message.what, message.message, this.#options));
        return;
      case "accepted":
        this.#generations.accepted(message.id, message.promptTokens);
        return;
      case "refused":
      case "too-slow":
      case "busy":
        this.#generations.refused(message);
        return;
      case "tokens":
        for (const [id, tokenId, text, stopReason, special] of message.tokens) {
          const token = { id: tokenId, text, stopReason };
          this.#generations.push(id, special === undefined ? token : { ...token, special });
        }
        return;
      case "ended":
        this.#generations.ended(
          message.id,
          message.error === undefined ? undefined : new EngineStoppedError(message.error),
        );
        return;
      case "counted":
        this.#counts.counted(message.id, message.tokens);
        return;
      case "alive":
        this.#heartbeat.alive(message);
        this.#memory.update(message.residentBytes);
        this.#replaceIfGrown();
    }
  }

  #ready({ model, weightBytes, residentBytes }: Extract<FromChild, { type: "ready" }>): void {
    if (this.#ended) return;
    clearTimeout(this.#loadTimer);
    this.#loading = false;
    this.#memory.loaded(residentBytes, weightBytes);
    this.#heartbeat.start();
    this.#updateRef();
    this.#onReady(model);
  }

  /** Ends a process that leaks memory as soon as it's idle; the supervisor starts another. */
  #replaceIfGrown(): void {
    const { hasGrown, latest } = this.#memory;
    if (!hasGrown || !latest || this.#lastId === 0) return;
    const reason = describeGrowth(latest);
    if (this.#isIdle()) this.#end({ reason: `${reason} It was ended while idle.`, planned: true });
    else if (this.#memory.warnOnce()) this.#listeners.onGrown(reason);
  }

  /** Fails everything that is pending, and kills the process if it's still there. */
  #end(end: SessionEnd): void {
    if (this.#ended) return;
    const error = (this.#ended = new EngineStoppedError(end.reason));
    clearTimeout(this.#loadTimer);
    this.#heartbeat.stop();
    this.#listeners.onEnd(end);
    this.#onFailed(error);
    this.#generations.failAll(error);
    this.#counts.failAll(error);
    void this.#process.kill();
  }

  #isIdle(): boolean {
    return this.#generations.size === 0 && this.#counts.size === 0;
  }

  /** An idle engine doesn't keep a program alive that has nothing else to do. */
  #updateRef(): void {
    this.#process.ref(this.#loading || !this.#isIdle());
  }
}
