import { type AcquireOptions, AdmissionQueue } from "./admission-queue.js";
import type {
  CountTokensOptions,
  Engine,
  EngineCapabilities,
  EngineHealth,
  EngineMemory,
  EngineModel,
  GenerateRequest,
  Generation,
} from "./engine.js";
import { checkImages } from "./check-images.js";
import { EngineBusyError, EngineUnavailableError } from "./errors.js";

/**
 * How long a request may wait in all, for a sequence and for the model to be loaded. The AWS SDK for Java gives up after 30 s
 * without a byte and sends the request again, so a refusal must be sent well before that.
 */
const QUEUE_WAIT_MS = 20_000;

/**
 * How many requests may wait. Each holds a connection and its prompt (25 MB at most). With the default of four sequences, the
 * last of 64 is only served within {@link QUEUE_WAIT_MS} if answers take about a second each.
 */
const QUEUE_LENGTH = 64;

/** Bounds of the queue in front of an engine. */
export interface AdmissionOptions {
  /** Milliseconds that a request may wait, counted from {@link GenerateRequest.since}. @default 20000 */
  readonly waitMs?: number;
  /** Requests that may wait at once; 0 refuses whatever doesn't get a sequence at once. @default 64 */
  readonly length?: number;
}

/** The result for each engine. A result maps to itself. */
const admitted = new WeakMap<Engine, Engine>();

/**
 * Puts a bounded queue in front of an engine. As many requests as the engine has sequences reach it; the others wait, first come,
 * first served, but those whose caller can't take a token now ({@link GenerateRequest.canTake}) behind the others. A sequence goes to the next request when the engine reports it free ({@link GenerateRequest.onFree}), not when
 * the caller leaves.
 *
 * An engine has one queue. Called again with the same engine, or with the result of an earlier call, this returns that earlier
 * result and ignores `options`. Two servers can therefore share an engine.
 *
 * A request with images never reaches an engine that takes none ({@link EngineImagesError}).
 *
 * Beside the engine's own errors, `generate()` of the result throws:
 * - {@link EngineBusyError}: the queue is full, or no sequence came free in time;
 * - {@link EngineUnavailableError}: the same, while the model isn't loaded.
 */
export function withAdmission(engine: Engine, options: AdmissionOptions = {}): Engine {
  let result = admitted.get(engine);
  if (!result) {
    result = new AdmittingEngine(engine, options);
    admitted.set(engine, result);
    admitted.set(result, result);
  }
  return result;
}

class AdmittingEngine implements Engine {
  readonly #engine: Engine;
  readonly #queue: AdmissionQueue;
  readonly #waitMs: number;

  constructor(engine: Engine, { waitMs = QUEUE_WAIT_MS, length = QUEUE_LENGTH }: AdmissionOptions) {
    this.#engine = engine;
    this.#waitMs = waitMs;
    this.#queue = new AdmissionQueue(engine.sequences, length);
  }

  get capabilities(): EngineCapabilities {
    return this.#engine.capabilities;
  }

  get sequences(): number {
    return this.#engine.sequences;
  }

  get waiting(): number {
    return this.#queue.waiting;
  }

  get running(): number {
    return this.#queue.taken;
  }

  get restarts(): number {
    return this.#engine.restarts ?? 0;
  }

  get isWanted(): boolean {
    return this.#queue.isWanted;
  }

  model(): Promise<EngineModel> {
    return this.#engine.model();
  }

  health(): EngineHealth {
    return this.#engine.health();
  }

  memory(): EngineMemory | undefined {
    return this.#engine.memory?.();
  }

  async generate(request: GenerateRequest): Promise<Generation> {
    const { since = Date.now(), signal, canTake, onFree } = request;
    const deadline = this.#deadline(since, request.deadline);
    let release: () => void;
    try {
      checkImages(this.capabilities, request);
      // also while the model is being loaded: that bounds the number of requests that wait for it
      release = await this.#acquire(deadline, { signal, canUse: canTake });
      request.onAdmitted?.();
    } catch (error) {
      onFree?.();
      throw error;
    }
    const free = () => {
      release();
      onFree?.();
    };
    // the generation is passed on as it is, so a queue costs its tokens nothing
    return this.#engine.generate({ ...request, since, deadline, onFree: free });
  }

  async countTokens(prompt: string, options: CountTokensOptions = {}): Promise<number> {
    checkImages(this.capabilities, options);
    const { since = Date.now() } = options;
    const deadline = this.#deadline(since, options.deadline);
    return this.#engine.countTokens(prompt, { ...options, since, deadline });
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #deadline(since: number, asked = Infinity): number {
    return Math.min(since + this.#waitMs, asked);
  }

  async #acquire(deadline: number, options: AcquireOptions): Promise<() => void> {
    try {
      return await this.#queue.acquire(Math.max(0, deadline - Date.now()), options);
    } catch (error) {
      const health = this.#engine.health();
      // the requests that hold the sequences are waiting for the model
      if (error instanceof EngineBusyError && !health.ready) {
        throw new EngineUnavailableError(health.reason, true, { cause: error });
      }
      throw error;
    }
  }
}
