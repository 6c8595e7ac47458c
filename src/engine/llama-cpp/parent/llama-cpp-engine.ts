import { randomInt } from "node:crypto";

import { until, usableCores } from "../../../platform/index.js";
import type {
  CountTokensOptions,
  Engine,
  EngineCapabilities,
  EngineHealth,
  EngineMemory,
  EngineModel,
  GenerateRequest,
  Generation,
} from "../../engine.js";
import { EngineUnavailableError } from "../../errors.js";
import type { LlamaCppRuntime } from "../install/index.js";
import { gpuOfBuild } from "../protocol.js";
import type { EngineSession } from "./engine-session.js";
import { defaultSessionLimits, type SessionLimits } from "./session-limits.js";
import { type LlamaCppEvent, Supervisor } from "./supervisor.js";

/** Generations at once, unless asked otherwise: each has a KV cache of the whole context. */
export const DEFAULT_SEQUENCES = 4;

/**
 * Tokens a sequence holds, unless asked otherwise or the model was made for less: what Llama 3 has. 128K a sequence would
 * take gigabytes before the first request.
 */
export const DEFAULT_CONTEXT_SIZE = 8192;

/**
 * How long a request may wait for its first token, its time in the queue included, by what is known of this machine's speed when
 * its turn comes; not those that are patient. The AWS SDK for Java gives up after 30 s without a byte and sends the request again; an estimate may be a bit off.
 */
export const FIRST_TOKEN_MS = 25_000;

/** llama.cpp's seeds are 32 bits wide, and the highest one means "random". */
const SEEDS = 0xffff_ffff;

/** What the engine is made of, on disk. */
export interface LlamaCppFiles {
  readonly runtime: Pick<LlamaCppRuntime, "entry" | "addon" | "build">;
  /** Path of the model, a GGUF. */
  readonly modelFile: string;
  /** The chat template in it. Awaited once the model is loaded. @default none */
  readonly chatTemplate?: Promise<string | undefined>;
}

export interface LlamaCppEngineOptions {
  /** Finds or fetches the engine's parts. Called at each start, with a signal that `close()` aborts. */
  readonly files: (signal: AbortSignal) => Promise<LlamaCppFiles>;
  /** Generations at once. @default DEFAULT_SEQUENCES */
  readonly sequences?: number;
  /** Tokens a sequence holds at most; the model's own limit where that's smaller. @default DEFAULT_CONTEXT_SIZE */
  readonly contextSize?: number;
  /** Compute threads. @default the physical cores that this process may use ({@link usableCores}) */
  readonly threads?: number;
  /**
   * Milliseconds until the first token, the queue included, beyond which a prompt is refused; Infinity takes all. Nothing is
   * refused before this machine's speed is measured. @default FIRST_TOKEN_MS
   */
  readonly firstTokenMs?: number;
  /** Bounds of the process. @default defaultSessionLimits */
  readonly limits?: Partial<SessionLimits>;
  readonly onEvent?: (event: LlamaCppEvent) => void;
}

/** Images would need a projector beside the model (llama.cpp's mmproj), which Cria doesn't load. */
export const llamaCppCapabilities: EngineCapabilities = {
  images: false,
  exactCounts: true,
  tokenIds: true,
  verbatimPrompt: true,
};

/**
 * An engine that runs a GGUF with llama.cpp in a child process, started again if it dies. Loading begins at once; requests
 * that come meanwhile wait for it.
 */
export function createLlamaCppEngine(options: LlamaCppEngineOptions): Engine {
  return new LlamaCppEngine(options);
}

class LlamaCppEngine implements Engine {
  readonly capabilities = llamaCppCapabilities;
  readonly sequences: number;
  readonly #supervisor: Supervisor;
  readonly #firstTokenMs: number;

  constructor({
    files,
    sequences = DEFAULT_SEQUENCES,
    contextSize = DEFAULT_CONTEXT_SIZE,
    threads = usableCores(),
    firstTokenMs = FIRST_TOKEN_MS,
    limits = {},
    onEvent = () => undefined,
  }: LlamaCppEngineOptions) {
    this.#firstTokenMs = firstTokenMs;
    this.sequences = sequences;
    this.#supervisor = new Supervisor(
      async (signal) => {
        const { runtime, modelFile, chatTemplate } = await files(signal);
        const { entry: runtimeEntry, addon: addonFile, build } = runtime;
        const gpu = gpuOfBuild(build);
        const options = { runtimeEntry, addonFile, modelFile, gpu, sequences, contextSize, threads };
        return { options, chatTemplate };
      },
      onEvent,
      { ...defaultSessionLimits, ...limits },
    );
  }

  async model(): Promise<EngineModel> {
    return (await this.#supervisor.current).model;
  }

  health(): EngineHealth {
    return this.#supervisor.health;
  }

  memory(): EngineMemory | undefined {
    return this.#supervisor.memory;
  }

  async generate(request: GenerateRequest): Promise<Generation> {
    const { since = Date.now(), deadline = Infinity, signal, onFree = () => undefined } = request;
    let session: EngineSession;
    try {
      session = await this.#ready(deadline, signal);
    } catch (error) {
      onFree();
      throw error;
    }
    const firstTokenMs = request.patient ? Infinity : this.#firstTokenMs;
    const prefillMs = Math.max(0, since + firstTokenMs - Date.now());
    const params = {
      prompt: request.prompt,
      bos: request.bos ?? "model",
      maxTokens: request.maxTokens,
      temperature: request.temperature,
      topP: request.topP,
      // left out, llama.cpp would take the current second: equal prompts at once would start alike
      seed: request.seed === undefined ? randomInt(SEEDS) : request.seed % SEEDS,
      contextLimit: request.contextLimit ?? null,
      prefillMs: Number.isFinite(prefillMs) ? prefillMs : null,
    };
    // the sequence is free again once the process says so, not when the caller loses interest
    return session.generate(params, signal, onFree);
  }

  async countTokens(
    prompt: string,
    { bos = "model", deadline = Infinity, signal }: CountTokensOptions = {},
  ): Promise<number> {
    const session = await this.#ready(deadline, signal);
    return session.countTokens(prompt, bos);
  }

  async close(): Promise<void> {
    await this.#supervisor.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #ready(deadline: number, signal: AbortSignal | undefined): Promise<EngineSession> {
    const { current, nextStartAt } = this.#supervisor;
    const late = () => {
      const { health } = this.#supervisor;
      return new EngineUnavailableError(health.ready ? "The engine doesn't answer." : health.reason, true);
    };
    // a crash loop's pause outlasts the deadline: refuse now rather than then
    if (nextStartAt >= deadline) throw late();
    return (await until(current, deadline, signal, late)).session;
  }
}
