import { setMaxListeners } from "node:events";
import { basename } from "node:path";

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
import {
  EngineBusyError,
  EngineStoppedError,
  EngineUnavailableError,
  PromptTooLongError,
  UpstreamModelError,
} from "../errors.js";
import { detectDialect } from "./detect.js";
import type { Ask, Dialect, DialectName, PromptText, ServedModel } from "./dialect.js";
import { dialects } from "./dialects/index.js";
import { detailOf, RefusedError, stopped, unavailable } from "./errors.js";
import { member, number } from "./json.js";
import { startStream } from "./stream.js";
import { Upstream, type UpstreamOptions } from "./upstream.js";

/** How often a server is asked whether it can generate. */
const HEALTH_MS = 10_000;

/** How soon one that can't is asked again: whoever restarts it waits for it. */
const RETRY_MS = 1_000;

/**
 * Generations at once where the server doesn't tell: vLLM's own default (`--max-num-seqs`). It queues what is more, and so does Cria, which answers in time
 * when nothing comes free.
 */
export const DEFAULT_STREAMS = 256;

/** What {@link createCompletionsEngine} takes. */
export interface CompletionsEngineOptions extends UpstreamOptions {
  /** The model's name at the server. @default the only one that the server has */
  readonly model?: string | undefined;
  /** What kind of server it is. @default the server is asked */
  readonly dialect?: DialectName | undefined;
  /** Generations at once. @default 256 */
  readonly streams?: number | undefined;
  /** Silence between two tokens after which a generation is given up, in ms. @default 60000 */
  readonly silenceMs?: number | undefined;
  /** The same before the first token. @default 300000 */
  readonly firstTokenMs?: number | undefined;
  /** Called with sentences for the user: the server is gone, or back. @default ignored */
  readonly onNotice?: ((sentence: string) => void) | undefined;
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

/** What is known of a server once it has answered. */
interface Server {
  readonly dialect: Dialect;
  readonly model: ServedModel;
}

class CompletionsEngine implements Engine {
  readonly sequences: number;
  readonly #options: CompletionsEngineOptions;
  readonly #upstream: Upstream;
  readonly #ask: Ask;
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #server: Promise<Server> | undefined;
  #capabilities: EngineCapabilities;
  #problem: Problem | undefined;

  constructor(options: CompletionsEngineOptions) {
    this.#options = options;
    this.sequences = options.streams ?? DEFAULT_STREAMS;
    this.#upstream = new Upstream(options);
    this.#ask = {
      get: (path) => this.#upstream.ask(path, undefined, this.#closing.signal),
      post: (path, body) => this.#upstream.ask(path, body, this.#closing.signal),
    };
    // those that every kind has, until the server has told which it is
    this.#capabilities = dialects[options.dialect ?? "openai"].capabilities;
    this.#problem = { reason: UNKNOWN, detail: UNKNOWN };
    // each running generation has a listener
    setMaxListeners(0, this.#closing.signal);
    this.#checkSoon();
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
    return this.#problem === undefined ? { ready: true } : { ready: false, reason: this.#problem.reason };
  }

  async generate(request: GenerateRequest): Promise<Generation> {
    let freed = false;
    const free = () => {
      if (!freed) request.onFree?.();
      freed = true;
    };
    try {
      return await this.#start(request, free);
    } catch (error) {
      free();
      throw error;
    }
  }

  async countTokens(prompt: string, options: CountTokensOptions = {}): Promise<number> {
    checkImages(this.capabilities, options);
    const { dialect, model } = await this.#connected(options);
    if (!dialect.tokenize) {
      throw unavailable(
        "The server that has the model can't count tokens.",
        `${this.#upstream.host} (${dialect.name}) has no way to count tokens.`,
      );
    }
    return (await dialect.tokenize(this.#ask, textOf(prompt, model, options), model.name)).count;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#problem = { reason: CLOSED, detail: CLOSED };
    this.#closing.abort(new EngineStoppedError("The engine was closed."));
    await this.#upstream.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #start(request: GenerateRequest, free: () => void): Promise<Generation> {
    checkImages(this.capabilities, request);
    const { dialect, model } = await this.#connected(request);
    const contextLimit = Math.min(model.contextSize ?? Infinity, request.contextLimit ?? Infinity);
    const { prompt, room } = await this.#fit(dialect, model, request, contextLimit);
    const order = {
      model: model.name,
      prompt,
      maxTokens: Math.max(1, Math.min(request.maxTokens, room)),
      temperature: request.temperature,
      // 0 turns it off for a caller, and is refused by vLLM
      topP: request.topP === 0 ? 1 : request.topP,
      seed: request.seed,
    };
    try {
      return await startStream({
        upstream: this.#upstream,
        dialect,
        order,
        contextLimit,
        headers: request.traceHeaders,
        caller: request.signal,
        closing: this.#closing.signal,
        free,
        silenceMs: this.#options.silenceMs,
        firstTokenMs: this.#options.firstTokenMs,
      });
    } catch (error) {
      // it may be gone: then the next caller needn't find out by itself
      if (error instanceof EngineUnavailableError) void this.#checkHealth();
      throw error instanceof RefusedError ? refusal(error, contextLimit) : error;
    }
  }

  /**
   * The prompt as the server takes it, and the tokens that are left for the answer. The server is asked to count only where the prompt may be too long, or where
   * it must be sent as tokens: a token is a byte of text at least.
   *
   * @throws {PromptTooLongError}
   */
  async #fit(
    dialect: Dialect,
    model: ServedModel,
    request: GenerateRequest,
    contextLimit: number,
  ): Promise<{ readonly prompt: PromptText; readonly room: number }> {
    const prompt = textOf(request.prompt, model, request);
    const mayExceed = Buffer.byteLength(request.prompt) + 1 + request.maxTokens > contextLimit;
    if (!dialect.tokenize || (!mayExceed && !dialect.needsIds)) return { prompt, room: request.maxTokens };
    const { count, ids } = await dialect.tokenize(this.#ask, prompt, model.name);
    request.signal?.throwIfAborted();
    if (count > contextLimit) throw new PromptTooLongError(count, contextLimit);
    return { prompt: { ...prompt, ids: dialect.needsIds ? ids : undefined }, room: contextLimit - count };
  }

  /** @throws {EngineUnavailableError} the server isn't there in time. */
  async #connected({ deadline = Infinity, signal }: CountTokensOptions): Promise<Server> {
    signal?.throwIfAborted();
    if (this.#closing.signal.aborted) throw new EngineUnavailableError(CLOSED, false);
    const never = new AbortController().signal;
    const late = () => unavailable(SILENT, `${this.#upstream.host} doesn't answer.`, { loading: true });
    try {
      return await until(this.#connect(), deadline, signal ?? never, late);
    } catch (error) {
      if (error instanceof UpstreamModelError) throw unavailable(NO_MODEL, error.message, { cause: error });
      throw error;
    }
  }

  /** Asks the server what it is, once; again after a failure. */
  #connect(): Promise<Server> {
    if (this.#server) return this.#server;
    const server = this.#identify();
    this.#server = server;
    server.then(
      ({ dialect }) => {
        this.#capabilities = dialect.capabilities;
        this.#setProblem(undefined);
      },
      (error: unknown) => {
        if (this.#server === server) this.#server = undefined;
        this.#setProblem(problemOf(error));
      },
    );
    return server;
  }

  async #identify(): Promise<Server> {
    const { dialect: named } = this.#options;
    const dialect = named ? dialects[named] : await detectDialect(this.#ask);
    const models = await dialect.models(this.#ask);
    const { model: wanted } = this.#options;
    const model = wanted === undefined ? models[0] : models.find(({ name }) => name === wanted);
    if (!model || (wanted === undefined && models.length > 1)) {
      throw new UpstreamModelError(
        this.#upstream.host,
        models.map(({ name }) => name),
        wanted,
      );
    }
    return { dialect, model };
  }

  /** Has the health checked after a while, and then again and again. */
  #checkSoon(): void {
    clearTimeout(this.#timer);
    if (this.#closing.signal.aborted) return;
    const ms = this.#problem === undefined ? HEALTH_MS : RETRY_MS;
    this.#timer = setTimeout(() => void this.#checkHealth().then(() => this.#checkSoon()), ms).unref();
  }

  async #checkHealth(): Promise<void> {
    try {
      const { dialect } = await this.#connect();
      await this.#upstream.check(dialect.healthPath);
      this.#setProblem(undefined);
    } catch (error) {
      this.#setProblem(problemOf(error));
    }
  }

  #setProblem(problem: Problem | undefined): void {
    const before = this.#problem;
    if (this.#closing.signal.aborted || problem?.detail === before?.detail) return;
    this.#problem = problem;
    if ((problem === undefined) !== (before === undefined)) this.#checkSoon();
    if (problem !== undefined) this.#options.onNotice?.(problem.detail);
    else if (before !== undefined) this.#options.onNotice?.(`${this.#upstream.host} answers.`);
  }
}

/** Why a server can't be used. */
interface Problem {
  /** For callers, who learn nothing of the server itself. */
  readonly reason: string;
  /** For whoever runs Cria. */
  readonly detail: string;
}

function problemOf(error: unknown): Problem {
  const detail = detailOf(error);
  if (error instanceof EngineUnavailableError || error instanceof EngineBusyError) {
    return { reason: error.message, detail };
  }
  return { reason: error instanceof UpstreamModelError ? NO_MODEL : REFUSED, detail };
}

const CLOSED = "The engine is closed.";

// What callers are told. It says nothing of which server it is, where, or what it said.
const UNKNOWN = "The server that has the model hasn't answered yet.";
const SILENT = "The server that has the model doesn't answer.";
const NO_MODEL = "The server doesn't have the model that was named for it.";
const REFUSED = "The server that has the model refused the request.";

/** llama-server calls a model by the path of its file, vLLM by that of its folder. Where that is, is nobody else's business; `owner/name` is no path. */
function displayName(name: string): string {
  const path = name.replaceAll("\\", "/");
  return path.endsWith(".gguf") || /^(?:[/.~]|[a-z]:\/)/iu.test(path) ? basename(path, ".gguf") : name;
}

/** What Llama's vocabularies begin a sequence with. */
const BOS_TOKENS = ["<s>", "<|begin_of_text|>"];

/** By the model's own rule, the token is put in front unless the prompt begins with it: servers double it. */
function textOf(
  prompt: string,
  { bosToken }: ServedModel,
  { bos = "model" }: Pick<GenerateRequest, "bos">,
): PromptText {
  const own = bosToken === undefined ? BOS_TOKENS : [bosToken];
  const begins = own.some((token) => token !== "" && prompt.startsWith(token));
  return { text: prompt, addBos: bos === "always" || (bos === "model" && !begins) };
}

/** A server's refusal: of a prompt that is too long, or of something else that it says. */
function refusal({ message, answer }: RefusedError, contextLimit: number): Error {
  const promptTokens = number(member(answer, "error", "n_prompt_tokens"));
  const limit = number(member(answer, "error", "n_ctx"));
  const tooLong = promptTokens !== undefined || member(answer, "error", "param") === "input_tokens";
  if (tooLong) return new PromptTooLongError(promptTokens ?? Infinity, limit ?? contextLimit);
  return stopped(REFUSED, message);
}
