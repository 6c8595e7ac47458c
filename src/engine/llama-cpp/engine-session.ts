import type { EngineModel } from "../engine.js";
import { EngineStoppedError } from "../errors/engine-stopped-error.js";
import { PromptTooLongError } from "../errors/prompt-too-long-error.js";
import { EngineProcess, type ProcessExit } from "./engine-process.js";
import type { FromChild, GenerateOrder, LoadOptions, ToChild } from "./protocol.js";
import { TokenStream } from "./token-stream.js";

/**
 * How long loading may go on without a sign of progress. A big model on a slow disk reports every few megabytes; llama.cpp's
 * binding was seen to read a damaged file's metadata for ever.
 */
export const LOAD_STALL_MS = 60_000;

/** A generation from its order until its sequence is free again. */
interface Running {
  readonly accept: (promptTokens: number) => void;
  readonly fail: (error: unknown) => void;
  readonly settle: () => void;
  stream: TokenStream | undefined;
}

/** One life of the engine process: from the start, through the loaded model and its generations, to the exit. */
export class EngineSession {
  /** Resolves once the model is loaded; rejects with the reason if the process can't. */
  readonly ready: Promise<EngineModel>;
  /** Resolves when the process is gone. By then every generation has failed. */
  readonly ended: Promise<ProcessExit>;
  readonly #process: EngineProcess;
  readonly #modelFile: string;
  readonly #running = new Map<number, Running>();
  readonly #counting = new Map<
    number,
    { resolve: (tokens: number) => void; reject: (error: Error) => void }
  >();
  #onReady: (model: EngineModel) => void = () => undefined;
  #onEnded: (exit: ProcessExit) => void = () => undefined;
  #onFailed: (error: Error) => void = () => undefined;
  /** What llama.cpp complained of first: its errors say less than its log. */
  #problem: string | undefined;
  #loading = true;
  readonly #loadStallMs: number;
  #loadTimer: NodeJS.Timeout | undefined;
  #lastId = 0;

  /**
   * @param onLoading - told how much of the model is loaded, 0 … 1
   * @param loadStallMs - how long loading may go on without a sign of progress
   */
  constructor(
    options: LoadOptions,
    onLog: (level: string, message: string) => void,
    onLoading: (share: number) => void,
    loadStallMs: number,
  ) {
    this.#loadStallMs = loadStallMs;
    this.ready = new Promise((resolve, reject) => {
      this.#onReady = resolve;
      this.#onFailed = reject;
    });
    this.ended = new Promise((resolve) => (this.#onEnded = resolve));
    this.#process = new EngineProcess(
      (message) => {
        if (message.type === "log") {
          if (message.level === "error" || message.level === "fatal")
            this.#problem ??= message.message.trim();
          onLog(message.level, message.message);
        } else if (message.type === "loading") {
          this.#watchLoading();
          onLoading(message.share);
        } else {
          this.#receive(message);
        }
      },
      (exit) => {
        this.#fail(exit);
        this.#onEnded(exit);
      },
    );
    this.#modelFile = options.modelFile;
    this.#watchLoading();
    this.#send({ type: "load", ...options });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /**
   * Starts a generation.
   *
   * @param onFree - called once when its sequence is free again, whatever the end
   */
  generate(order: GenerateOrder, signal: AbortSignal | undefined, onFree: () => void): Promise<TokenStream> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#send({ type: "abort", id });
        running.fail(signal?.reason);
      };
      const running: Running = {
        stream: undefined,
        accept: (promptTokens) => {
          running.stream = new TokenStream(promptTokens, {
            pause: () => this.#send({ type: "pause", id }),
            resume: () => this.#send({ type: "resume", id }),
            cancel: () => this.#send({ type: "abort", id }),
          });
          resolve(running.stream);
        },
        fail: (error) => {
          if (running.stream) running.stream.fail(error);
          else reject(error);
        },
        settle: () => {
          signal?.removeEventListener("abort", onAbort);
          this.#running.delete(id);
          this.#updateRef();
          onFree();
        },
      };
      this.#running.set(id, running);
      this.#updateRef();
      this.#send({ type: "generate", id, ...order });
      signal?.addEventListener("abort", onAbort);
      if (signal?.aborted) onAbort();
    });
  }

  /** Counts the tokens of a prompt. */
  countTokens(prompt: string, bos: GenerateOrder["bos"]): Promise<number> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#counting.set(id, { resolve, reject });
      this.#updateRef();
      this.#send({ type: "count", id, prompt, bos });
    });
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  #send(message: ToChild): void {
    this.#process.send(message);
  }

  #describeFailure(reason: string): string {
    const log = this.#problem === undefined ? "" : ` (${this.#problem})`;
    return `${this.#modelFile} can't be loaded: ${reason}${log}. Is the file whole, and small enough for this machine's memory?`;
  }

  #watchLoading(): void {
    clearTimeout(this.#loadTimer);
    this.#loadTimer = setTimeout(() => {
      const seconds = this.#loadStallMs / 1000;
      this.#onFailed(
        new Error(`The model didn't load: nothing happened for ${seconds} s. Its file may be damaged.`),
      );
      void this.#process.kill();
    }, this.#loadStallMs);
  }

  #receive(message: Exclude<FromChild, { type: "log" | "loading" }>): void {
    switch (message.type) {
      case "ready":
        clearTimeout(this.#loadTimer);
        this.#loading = false;
        this.#updateRef();
        this.#onReady(message.model);
        return;
      case "failed":
        this.#onFailed(new Error(this.#describeFailure(message.message)));
        return;
      case "accepted":
        this.#running.get(message.id)?.accept(message.promptTokens);
        return;
      case "refused": {
        const running = this.#running.get(message.id);
        running?.fail(new PromptTooLongError(message.promptTokens, message.contextLimit));
        running?.settle();
        return;
      }
      case "tokens":
        for (const [id, tokenId, text, stopReason] of message.tokens) {
          this.#running.get(id)?.stream?.push({ id: tokenId, text, stopReason });
        }
        return;
      case "ended": {
        const running = this.#running.get(message.id);
        if (message.error !== undefined) running?.fail(new EngineStoppedError(message.error));
        running?.settle();
        return;
      }
      case "counted":
        this.#counting.get(message.id)?.resolve(message.tokens);
        this.#counting.delete(message.id);
        this.#updateRef();
    }
  }

  #fail({ reason }: ProcessExit): void {
    clearTimeout(this.#loadTimer);
    this.#onFailed(new Error(reason));
    const error = new EngineStoppedError(reason);
    for (const running of [...this.#running.values()]) {
      running.fail(error);
      running.settle();
    }
    for (const counting of this.#counting.values()) counting.reject(error);
    this.#counting.clear();
  }

  /** An idle engine doesn't keep a program alive that is otherwise done. */
  #updateRef(): void {
    this.#process.ref(this.#loading || this.#running.size > 0 || this.#counting.size > 0);
  }
}
