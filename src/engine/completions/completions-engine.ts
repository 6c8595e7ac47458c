import { setMaxListeners } from "node:events";
import { isDeepStrictEqual } from "node:util";

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
  Notify,
} from "../engine.js";
import { EngineStoppedError, EngineUnavailableError, UpstreamModelError } from "../errors.js";
import type { Ask, DialectName } from "./dialect.js";
import { dialects } from "./dialects/index.js";
import { isMissing, unavailable } from "./errors.js";
import { HealthWatch } from "./health-watch.js";
import { identify, type Server } from "./identify.js";
import { NO_MODEL, problemOf, toldBy } from "./problem.js";
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
export interface CompletionsEngineOptions extends UpstreamOptions {
  /** The model's name at the server. @default the only one that the server has */
  readonly model?: string | undefined;
  /** What kind of server it is. @default the server is asked */
  readonly dialect?: DialectName | undefined;
  /** Whether its model sees images. @default the server is asked; one that can't tell is tried, if it refuses images that it can't see */
  readonly vision?: boolean | undefined;
  /** Generations at once. @default 256 */
  readonly streams?: number | undefined;
  /** Silence between two tokens after which a generation is given up, in ms. @default 60000 */
  readonly silenceMs?: number | undefined;
  /** The same before the first token. @default 300000 */
  readonly firstTokenMs?: number | undefined;
  /** Called with sentences for the user: the server is gone, or back. @default ignored */
  readonly onNotice?: Notify | undefined;
  /** Called when the server has told what it is, and again when it has become another. @default ignored */
  readonly onServer?: ((now: ServerFacts, before: ServerFacts | undefined) => void) | undefined;
}

/** What a server is. */
export interface ServerFacts {
  readonly dialect: DialectName;
  /** Display name of the model that answers. */
  readonly model: string;
  readonly capabilities: EngineCapabilities;
  /** Whether it tells a prompt's tokens at the end of an answer alone, so that they are counted by an answer of one token before. */
  readonly countsFirst: boolean;
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
  readonly #ask: Ask;
  readonly #closing = new AbortController();
  readonly #watch: HealthWatch;
  /** As it last answered; undefined while it is unknown, or hasn't the model. */
  #server: Server | undefined;
  #looking: Promise<Server> | undefined;
  /** What {@link CompletionsEngineOptions.onServer} was told. */
  #told: ServerFacts | undefined;
  #capabilities: EngineCapabilities;

  constructor(options: CompletionsEngineOptions) {
    this.#options = options;
    this.sequences = options.streams ?? DEFAULT_STREAMS;
    this.#upstream = new Upstream(options);
    this.#ask = this.#askFor();
    // those that every kind has, until the server has told which it is
    const { capabilities } = dialects[options.dialect ?? "openai"];
    this.#capabilities = { ...capabilities, images: options.vision ?? true };
    // each running generation has a listener
    setMaxListeners(0, this.#closing.signal);
    this.#watch = new HealthWatch({
      ask: () => this.#checkHealth(),
      onNotice: (sentence, level) => options.onNotice?.(sentence, level),
      host: this.#upstream.host,
      unknown: UNKNOWN,
    });
    // whoever needs it gets the error
    this.#connect().catch(() => undefined);
  }

  get capabilities(): EngineCapabilities {
    return this.#capabilities;
  }

  async model(): Promise<EngineModel> {
    const { model } = await this.#connect();
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
    return this.#watch.health;
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
    this.#watch.close(CLOSED);
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
    const server = await this.#connected(options, () => this.#connect());
    try {
      return await work(server);
    } catch (error) {
      if (!isMissing(error)) {
        // it may be gone, or another that takes no such requests: the next caller needn't find out
        const isOfServer =
          error instanceof EngineUnavailableError || (error instanceof EngineStoppedError && error.refused);
        if (isOfServer) this.#watch.check();
        throw error;
      }
      const now = await this.#connected(options, () => this.#look());
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

  /** What the server is, as far as it is known. */
  #connect(): Promise<Server> {
    return this.#server ? Promise.resolve(this.#server) : this.#look();
  }

  /** @throws why the server can't generate */
  async #checkHealth(): Promise<void> {
    if (!this.#server || !this.health().ready) {
      await this.#upstream.check((await this.#look()).dialect.healthPath);
      return;
    }
    await this.#upstream.check(this.#server.dialect.healthPath);
    // one that can generate needn't tell its models each time: a gateway may bound that
    await this.#look().catch((error: unknown) => {
      if (error instanceof UpstreamModelError) throw error;
    });
  }

  /** Asks the server what it is now: it may have come back with other settings, another model, or as another kind. */
  #look(): Promise<Server> {
    const known = this.health().ready ? this.#server : undefined;
    this.#looking ??= identify(this.#ask, this.#upstream, this.#options, known)
      .then(
        (server) => this.#found(server),
        (error: unknown) => {
          // one that is only down is most likely the same when it is back
          const isOfModel = error instanceof UpstreamModelError;
          if (isOfModel) this.#server = undefined;
          // at the start it ends the start
          if (isOfModel || known === undefined)
            this.#watch.note(problemOf(error), !isOfModel || this.#told !== undefined);
          throw error;
        },
      )
      .finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  #found(server: Server): Server {
    // closed meanwhile
    if (this.#closing.signal.aborted) return server;
    const { dialect, model } = server;
    const isNews = this.#server === undefined;
    this.#server = server;
    this.#capabilities = { ...dialect.capabilities, images: model.vision ?? dialect.chat.refusesUnseen };
    // later its health tells
    if (isNews) this.#watch.note(undefined);
    const facts = {
      dialect: dialect.name,
      model: displayName(model.name),
      capabilities: this.#capabilities,
      countsFirst: dialect.countsFirst,
    };
    if (!isDeepStrictEqual(facts, this.#told)) this.#options.onServer?.(facts, this.#told);
    this.#told = facts;
    return server;
  }
}

const CLOSED = "The engine is closed.";

// What callers are told. It says nothing of which server it is, where, or what it said.
const UNKNOWN = "The server that has the model hasn't answered yet.";
const SILENT = "The server that has the model doesn't answer.";
