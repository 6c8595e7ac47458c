import { setMaxListeners } from "node:events";

import { until } from "../../platform/index.js";
import { checkImages } from "../check-images.js";
import type {
  CountTokensOptions,
  Engine,
  EngineCapabilities,
  EngineHealth,
  EngineModel,
  GenerateRequest,
  Generation,
} from "../engine.js";
import { EngineStoppedError, EngineUnavailableError, UpstreamModelError } from "../errors.js";
import type { Ask } from "./dialect.js";
import { isMissing, unavailable } from "./errors.js";
import type { Server } from "./identify.js";
import { KnownServer, type ServerOptions } from "./known-server.js";
import { NO_MODEL, toldBy } from "./problem.js";
import { chatOf, hasImages, planChat, planPrompt } from "./plan.js";
import { displayName, textOf } from "./served-model.js";
import { startStream } from "./stream.js";
import { Upstream, type UpstreamOptions } from "./upstream.js";

/**
 * Generations at once where the server doesn't tell: vLLM's own default (`--max-num-seqs`). It queues what is more, and so does Cria, which answers in time
 * when nothing comes free.
 */
export const DEFAULT_STREAMS = 256;

/** How long the count of a prompt's tokens may take where the server must evaluate the prompt for it. */
const PATIENT_MS = 300_000;

/** What {@link createCompletionsEngine} takes. */
export interface CompletionsEngineOptions extends UpstreamOptions, ServerOptions {
  /** Generations at once. @default 256 */
  readonly streams?: number | undefined;
  /** Silence between two tokens after which a generation is given up, in ms. @default 60000 */
  readonly silenceMs?: number | undefined;
  /** The same before the first token. @default 300000 */
  readonly firstTokenMs?: number | undefined;
}

/**
 * Creates an engine that has a completions server generate: vLLM, llama-server, Ollama, or any with OpenAI's `/v1/completions`. A server that isn't there makes
 * it unhealthy, and each request fails until the server is back.
 *
 * @throws {TypeError} the URL isn't one.
 */
export function createCompletionsEngine(options: CompletionsEngineOptions): Engine {
  return new CompletionsEngine(options);
}

class CompletionsEngine implements Engine {
  readonly sequences: number;
  readonly #options: CompletionsEngineOptions;
  readonly #upstream: Upstream;
  readonly #closing = new AbortController();
  readonly #server: KnownServer;

  constructor(options: CompletionsEngineOptions) {
    this.#options = options;
    this.sequences = options.streams ?? DEFAULT_STREAMS;
    this.#upstream = new Upstream(options);
    // each running generation has a listener
    setMaxListeners(0, this.#closing.signal);
    this.#server = new KnownServer(options, {
      ask: this.#askFor(),
      upstream: this.#upstream,
      closing: this.#closing.signal,
    });
  }

  get capabilities(): EngineCapabilities {
    return this.#server.capabilities;
  }

  async model(): Promise<EngineModel> {
    const { model } = await this.#server.get();
    return {
      name: displayName(model.name),
      contextSize: model.contextSize ?? Number.MAX_SAFE_INTEGER,
      sequences: model.sequences ?? this.sequences,
      chatTemplate: model.chatTemplate,
      bosToken: model.bosToken ?? "",
      eosToken: model.eosToken ?? "",
    };
  }

  health(): EngineHealth {
    return this.#server.health;
  }

  async generate(request: GenerateRequest): Promise<Generation> {
    let freed = false;
    const free = () => {
      if (!freed) request.onFree?.();
      freed = true;
    };
    try {
      return await this.#withServer(request, (server) => this.#start(server, request, free));
    } catch (error) {
      free();
      throw error;
    }
  }

  async countTokens(prompt: string, options: CountTokensOptions = {}): Promise<number> {
    return this.#withServer(options, async ({ dialect, model }) => {
      checkImages(this.capabilities, options);
      const ask = this.#askFor(options.signal, options.traceHeaders);
      try {
        if (hasImages(options)) return await dialect.chat.count(ask, chatOf(options), model.name);
        const text = textOf(prompt, model, options);
        return (await dialect.tokenize(ask, text, model.name)).count;
      } catch (error) {
        throw toldBy(error, model.contextSize ?? Infinity, options);
      }
    });
  }

  /** Asks the server until the engine is closed, or the caller leaves. */
  #askFor(caller?: AbortSignal, headers?: Readonly<Record<string, string>>): Ask {
    const signal = caller ? AbortSignal.any([caller, this.#closing.signal]) : this.#closing.signal;
    const { firstTokenMs = PATIENT_MS } = this.#options;
    return {
      get: (path) => this.#upstream.ask(path, undefined, { signal, headers }),
      post: (path, body, patient = false) =>
        this.#upstream.ask(path, body, { signal, headers, limitMs: patient ? firstTokenMs : undefined }),
    };
  }

  async close(): Promise<void> {
    this.#server.close(CLOSED);
    this.#closing.abort(new EngineStoppedError("The engine was closed."));
    await this.#upstream.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #start({ dialect, model }: Server, request: GenerateRequest, free: () => void): Promise<Generation> {
    checkImages(this.capabilities, request);
    const known = Math.min(model.contextSize ?? Infinity, request.contextLimit ?? Infinity);
    try {
      const ask = this.#askFor(request.signal, request.traceHeaders);
      const plan = hasImages(request) ? planChat : planPrompt;
      const { call, promptTokens, contextLimit, count } = await plan({ ask, dialect, model, request, known });
      return await startStream({
        upstream: this.#upstream,
        call,
        contextLimit,
        promptTokens,
        headers: request.traceHeaders,
        count,
        caller: request.signal,
        closing: this.#closing.signal,
        free,
        silenceMs: this.#options.silenceMs,
        firstTokenMs: this.#options.firstTokenMs,
      });
    } catch (error) {
      throw toldBy(error, known, request);
    }
  }

  /**
   * Has the server do something. One that hasn't the path or the model any more is asked what it is now, and does it if it has become another: nothing was
   * begun.
   *
   * @throws {EngineUnavailableError} the server isn't there in time, or hasn't the model.
   */
  async #withServer<T>(options: CountTokensOptions, work: (server: Server) => Promise<T>): Promise<T> {
    const server = await this.#connected(options, () => this.#server.get());
    try {
      return await work(server);
    } catch (error) {
      if (!isMissing(error)) {
        // it may be gone, or another that takes no such requests: the next caller needn't find out
        const isOfServer =
          error instanceof EngineUnavailableError || (error instanceof EngineStoppedError && error.refused);
        if (isOfServer) this.#server.check();
        throw error;
      }
      const now = await this.#connected(options, () => this.#server.look());
      const isSame = now.dialect === server.dialect && now.model.name === server.model.name;
      if (isSame) throw error;
      return work(now);
    }
  }

  /** @param connect - tells what the server is @throws {EngineUnavailableError} the server isn't there in time. */
  async #connected(
    { deadline = Infinity, signal }: CountTokensOptions,
    connect: () => Promise<Server>,
  ): Promise<Server> {
    signal?.throwIfAborted();
    if (this.#closing.signal.aborted) throw new EngineUnavailableError(CLOSED, false);
    const never = new AbortController().signal;
    const late = () => unavailable(SILENT, `${this.#upstream.host} doesn't answer.`, { loading: true });
    try {
      return await until(connect(), deadline, signal ?? never, late);
    } catch (error) {
      if (error instanceof UpstreamModelError) throw unavailable(NO_MODEL, error.message, { cause: error });
      throw error;
    }
  }
}

const CLOSED = "The engine is closed.";

// What callers are told. It says nothing of which server it is, where, or what it said.
const SILENT = "The server that has the model doesn't answer.";
