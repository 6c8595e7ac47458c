import { randomInt } from "node:crypto";
import { availableParallelism } from "node:os";

import { Admission, QUEUE_WAIT_MS, type AdmissionOptions } from "../admission.js";
import type { BosRule, Engine, EngineHealth, EngineModel, GenerateRequest, Generation } from "../engine.js";
import { EngineUnavailableError } from "../errors/engine-unavailable-error.js";
import { until } from "../until.js";
import { LOAD_STALL_MS, type EngineSession } from "./engine-session.js";
import { gpuOfBuild } from "./gpu.js";
import type { LlamaCppRuntime } from "./runtime.js";
import { Supervisor, type LlamaCppEvent } from "./supervisor.js";

/** Generations at once, unless asked otherwise: each has a KV cache of the whole context. */
export const DEFAULT_SEQUENCES = 4;

/**
 * Tokens a sequence holds, unless asked otherwise or the model was made for less: what Llama 3 has. 128K a sequence would
 * take gigabytes before the first request.
 */
export const DEFAULT_CONTEXT_SIZE = 8192;

/** llama.cpp's seeds are 32 bits wide, and the highest one means "random". */
const SEEDS = 0xffff_ffff;

/** What the engine is made of, on disk. */
export interface LlamaCppFiles {
  readonly runtime: Pick<LlamaCppRuntime, "entry" | "build">;
  /** Path of the model, a GGUF. */
  readonly modelFile: string;
}

export interface LlamaCppEngineOptions {
  /** Finds or fetches the engine's parts. Called at each start, with a signal that `close()` aborts. */
  readonly files: (signal: AbortSignal) => Promise<LlamaCppFiles>;
  /** Generations at once. @default DEFAULT_SEQUENCES */
  readonly sequences?: number;
  /** Tokens a sequence holds at most; the model's own limit where that's smaller. @default DEFAULT_CONTEXT_SIZE */
  readonly contextSize?: number;
  /** Compute threads. @default what the operating system says runs in parallel */
  readonly threads?: number;
  readonly queue?: AdmissionOptions;
  /** Milliseconds that loading may go on without a sign of progress. @default LOAD_STALL_MS */
  readonly loadStallMs?: number;
  readonly onEvent?: (event: LlamaCppEvent) => void;
}

/**
 * An engine that runs a GGUF with llama.cpp in a child process, started again if it dies. Loading begins at once; requests
 * that come meanwhile wait, at most as long as in the queue.
 */
export function createLlamaCppEngine(options: LlamaCppEngineOptions): Engine {
  return new LlamaCppEngine(options);
}

class LlamaCppEngine implements Engine {
  readonly #supervisor: Supervisor;
  readonly #admission: Admission;
  readonly #waitMs: number;

  constructor({
    files,
    sequences = DEFAULT_SEQUENCES,
    contextSize = DEFAULT_CONTEXT_SIZE,
    threads = availableParallelism(),
    queue = {},
    loadStallMs = LOAD_STALL_MS,
    onEvent = () => undefined,
  }: LlamaCppEngineOptions) {
    this.#waitMs = queue.waitMs ?? QUEUE_WAIT_MS;
    this.#admission = new Admission(sequences, queue);
    this.#supervisor = new Supervisor(
      async (signal) => {
        const { runtime, modelFile } = await files(signal);
        const gpu = gpuOfBuild(runtime.build);
        return { runtimeEntry: runtime.entry, modelFile, gpu, sequences, contextSize, threads };
      },
      onEvent,
      loadStallMs,
    );
  }

  async model(): Promise<EngineModel> {
    return (await this.#supervisor.current).model;
  }

  health(): EngineHealth {
    return this.#supervisor.health;
  }

  async generate(request: GenerateRequest): Promise<Generation> {
    const deadline = Date.now() + this.#waitMs;
    await this.#ready(deadline, request.signal);
    const release = await this.#admission.enter(request.signal, Math.max(0, deadline - Date.now()));
    let session: EngineSession;
    try {
      // the process may have died while this request waited
      session = await this.#ready(deadline, request.signal);
    } catch (error) {
      release();
      throw error;
    }
    const order = {
      prompt: request.prompt,
      bos: request.bos ?? "model",
      maxTokens: request.maxTokens,
      temperature: request.temperature,
      topP: request.topP,
      // left out, llama.cpp would take the current second: equal prompts at once would start alike
      seed: request.seed === undefined ? randomInt(SEEDS) : request.seed % SEEDS,
      contextLimit: request.contextLimit ?? null,
    };
    // the sequence is free again once the process says so, not when the caller loses interest
    return session.generate(order, request.signal, release);
  }

  async countTokens(
    prompt: string,
    { bos = "model", signal }: { readonly bos?: BosRule; readonly signal?: AbortSignal } = {},
  ): Promise<number> {
    const session = await this.#ready(Date.now() + this.#waitMs, signal);
    return session.countTokens(prompt, bos);
  }

  async close(): Promise<void> {
    await this.#supervisor.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #ready(deadline: number, signal: AbortSignal | undefined): Promise<EngineSession> {
    const { session } = await until(this.#supervisor.current, deadline, signal, () => {
      const health = this.#supervisor.health;
      return new EngineUnavailableError(health.ready ? "The engine doesn't answer." : health.reason, true);
    });
    return session;
  }
}
