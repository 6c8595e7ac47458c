import { randomInt } from "node:crypto";

import { until, usableCores } from "../../../platform/index.js";
import { checkImages } from "../../check-images.js";
import type {
  BosRule,
  CountTokensOptions,
  Engine,
  EngineCapabilities,
  EngineHealth,
  EngineMemory,
  EngineModel,
  GenerateRequest,
  Generation,
} from "../../engine.js";
import { EngineUnavailableError, PromptTooLongError } from "../../errors.js";
import type { LlamaCppRuntime } from "../install/index.js";
import {
  gpuOfBuild,
  type KvCacheType,
  type LoadOptions,
  MAX_SHORT_TEXT,
  type TokenizeJob,
} from "../protocol.js";
import { COUNT_MS, type LongTextOptions, LongTexts, PROMPT_MS } from "./long-texts.js";
import { defaultSessionLimits, type SessionLimits } from "./session-limits.js";
import { type LlamaCppEvent, type ReadySession, Supervisor } from "./supervisor.js";

/** Default number of generations at once. Each has a KV cache for the whole context. */
export const DEFAULT_SEQUENCES = 4;

/**
 * Default number of tokens that a sequence holds: Llama 3's context, or the model's own if that's smaller. 128K per sequence would
 * take gigabytes before the first request.
 */
export const DEFAULT_CONTEXT_SIZE = 8192;

/**
 * How long a request that isn't `patient` may wait for its first token, including its time in the queue, as estimated from this
 * machine's measured speed when its turn comes. The AWS SDK for Java gives up after 30 s without a byte and sends the request
 * again; the rest is a margin for the estimate's error.
 */
const FIRST_TOKEN_MS = 25_000;

/**
 * Length of the longest token in any Llama vocabulary (Llama 3: 128 spaces). A prompt that can't fit even if all its tokens were that
 * long isn't tokenized.
 */
const LONGEST_TOKEN_CHARS = 128;

/** llama.cpp's seeds have 32 bits, and the highest one means "random". */
const SEEDS = 0xffff_ffff;

/** The files that the engine needs. */
export interface LlamaCppFiles {
  readonly runtime: Pick<LlamaCppRuntime, "entry" | "addon" | "build"> & {
    /** @default true, if the build is for one */
    readonly useGpu?: boolean;
    /** Whether to use a Vulkan device that the processor imitates. @default false */
    readonly software?: boolean;
    /** Makes `files` find another build from now on, since this one can't be loaded. @default there is no other */
    readonly fallBack?: (reason: string) => Promise<void>;
  };
  /** Path of the model, a GGUF. */
  readonly modelFile: string;
  /** The chat template in that file. Awaited once the model is loaded. @default none */
  readonly chatTemplate?: Promise<string | undefined>;
}

export interface LlamaCppEngineOptions {
  /** Finds or fetches the files. Called at each start of the process, with a signal that `close()` aborts. */
  readonly files: (signal: AbortSignal) => Promise<LlamaCppFiles>;
  /** Generations at once. @default DEFAULT_SEQUENCES */
  readonly sequences?: number;
  /** Maximum number of tokens in a sequence; the model's own limit if that's smaller. @default DEFAULT_CONTEXT_SIZE */
  readonly contextSize?: number;
  /**
   * How many of the sequences hold half of `contextSize`, fewer than all of them: a request that may need more waits for another.
   * @default 0
   */
  readonly halfSequences?: number;
  /** How keys and values are stored. With q8_0 they take 53 % of the memory. @default "f16" */
  readonly kvCacheType?: KvCacheType;
  /**
   * Compute threads.
   *
   * @default at most the physical cores that this process may use ({@link usableCores}), and without a GPU fewer while other programs
   * need them
   */
  readonly threads?: number;
  /**
   * A prompt is refused if its first token would take longer than this many milliseconds, including its time in the queue.
   * Infinity accepts every prompt, and so does an engine that hasn't measured its speed yet. @default FIRST_TOKEN_MS
   */
  readonly firstTokenMs?: number;
  /**
   * What prompts are expected to begin with, such as the fixed part of a chat template; "" if that isn't known. It is evaluated while the
   * engine waits for its first request, which then gets its first token sooner. Must not reject. @default nothing
   */
  readonly beginning?: (model: EngineModel) => Promise<string>;
  /** Limits for the engine process. @default defaultSessionLimits */
  readonly limits?: Partial<SessionLimits>;
  readonly onEvent?: (event: LlamaCppEvent) => void;
}

/** Images would need a projector file (llama.cpp's mmproj), which Cria doesn't load. */
export const llamaCppCapabilities: EngineCapabilities = {
  images: false,
  exactCounts: true,
  tokenIds: true,
  verbatimPrompt: true,
};

/**
 * Creates an engine that runs a GGUF with llama.cpp in a child process, and restarts the process if it dies. Loading begins at once;
 * requests that arrive meanwhile wait.
 */
export function createLlamaCppEngine(options: LlamaCppEngineOptions): Engine {
  return new LlamaCppEngine(options);
}

class LlamaCppEngine implements Engine {
  readonly capabilities = llamaCppCapabilities;
  readonly sequences: number;
  readonly #supervisor: Supervisor;
  /** Of those who ask for a number of tokens. They have a process of their own, so that no generation waits behind them. */
  readonly #counted = new LongTexts(COUNT_MS);
  /** Of generations. */
  readonly #prompts = new LongTexts(PROMPT_MS);
  readonly #firstTokenMs: number;

  constructor({
    files,
    sequences = DEFAULT_SEQUENCES,
    contextSize = DEFAULT_CONTEXT_SIZE,
    halfSequences = 0,
    kvCacheType = "f16",
    threads,
    firstTokenMs = FIRST_TOKEN_MS,
    beginning,
    limits = {},
    onEvent = () => undefined,
  }: LlamaCppEngineOptions) {
    this.#firstTokenMs = firstTokenMs;
    this.sequences = sequences;
    this.#supervisor = new Supervisor(
      async (signal) => {
        const { runtime, modelFile, chatTemplate } = await files(signal);
        const { entry: runtimeEntry, addon: addonFile, build, useGpu = true, software = false } = runtime;
        const gpu = useGpu && gpuOfBuild(build);
        const context = { sequences, contextSize, halfSequences, kvCacheType };
        const computing = {
          threads: threads ?? usableCores(),
          yieldThreads: threads === undefined && gpu === false,
        };
        const options = { runtimeEntry, addonFile, modelFile, gpu, software, ...context, ...computing };
        return { options, chatTemplate, beginning, fallBack: runtime.fallBack };
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

  get restarts(): number {
    return this.#supervisor.restarts;
  }

  async generate(request: GenerateRequest): Promise<Generation> {
    const { since = Date.now(), deadline = Infinity, signal, onFree = () => undefined } = request;
    let ready: ReadySession;
    let prompt;
    try {
      checkImages(this.capabilities, request);
      ready = await this.#ready(deadline, signal);
      prompt = await this.#prompt(request, ready, { deadline, signal });
    } catch (error) {
      onFree();
      throw error;
    }
    const firstTokenMs = request.patient ? Infinity : this.#firstTokenMs;
    const prefillMs = Math.max(0, since + firstTokenMs - Date.now());
    const params = {
      prompt,
      bos: request.bos ?? "model",
      maxTokens: request.maxTokens,
      temperature: request.temperature,
      topP: request.topP,
      // without a seed llama.cpp takes the current second: equal prompts at the same time would get equal answers
      seed: request.seed === undefined ? randomInt(SEEDS) : request.seed % SEEDS,
      contextLimit: request.contextLimit ?? null,
      prefillMs: Number.isFinite(prefillMs) ? prefillMs : null,
      sequenceMs: Number.isFinite(deadline) ? Math.max(0, deadline - Date.now()) : null,
    };
    // the sequence is free when the process says so, not when the caller leaves
    return ready.session.generate(params, signal, onFree);
  }

  async countTokens(
    prompt: string,
    { images = [], bos = "model", deadline = Infinity, signal }: CountTokensOptions = {},
  ): Promise<number> {
    checkImages(this.capabilities, { images });
    const { session, options } = await this.#ready(deadline, signal);
    if (prompt.length <= MAX_SHORT_TEXT) return session.countTokens(prompt, bos);
    const job = tokenizeJob(options, prompt, bos, 0);
    return (await this.#counted.tokenize(job, { deadline, signal })).count;
  }

  async close(): Promise<void> {
    await Promise.all([this.#supervisor.close(), this.#counted.close(), this.#prompts.close()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A prompt as the process takes it. @throws {PromptTooLongError} it exceeds the context */
  async #prompt(
    { prompt, bos = "model", contextLimit = Infinity }: GenerateRequest,
    { model, options }: ReadySession,
    waiting: LongTextOptions,
  ): Promise<string | readonly number[]> {
    if (prompt.length <= MAX_SHORT_TEXT) return prompt;
    const limit = Math.min(model.contextSize, contextLimit);
    const least = Math.ceil(prompt.length / LONGEST_TOKEN_CHARS);
    if (least > limit) throw new PromptTooLongError(least, limit);
    const { count, tokens } = await this.#prompts.tokenize(tokenizeJob(options, prompt, bos, limit), waiting);
    if (!tokens) throw new PromptTooLongError(count, limit);
    return [...tokens];
  }

  async #ready(deadline: number, signal: AbortSignal | undefined): Promise<ReadySession> {
    const { current, nextStartAt } = this.#supervisor;
    const late = () => {
      const { health } = this.#supervisor;
      return new EngineUnavailableError(health.ready ? "The engine doesn't respond." : health.reason, true);
    };
    // the pause of a crash loop outlasts the deadline, so waiting is useless
    if (nextStartAt >= deadline) throw late();
    return until(current, deadline, signal, late);
  }
}

function tokenizeJob(
  { addonFile, modelFile }: LoadOptions,
  text: string,
  bos: BosRule,
  maxTokens: number,
): TokenizeJob {
  return { addonFile, modelFile, text, bos, maxTokens };
}
