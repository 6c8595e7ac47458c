import type { Readable } from "node:stream";

import { timerMs } from "../../platform/index.js";
import type { Generation, Token } from "../engine.js";
import { EngineStoppedError, PromptTooLongError } from "../errors.js";
import type { Call, ReadEvent } from "./dialect.js";
import { isMissing, stopped } from "./errors.js";
import { DONE, type EventReader, eventReader } from "./read-events.js";
import { TokenFlow } from "./token-flow.js";
import type { Upstream } from "./upstream.js";

/** Silence between two tokens after which a server is given up: vLLM and llama-server that are being stopped say nothing for over 80 s. */
const SILENCE_MS = 60_000;

/** The same before the first token: the server may have queued the request, and evaluates the prompt. */
const FIRST_TOKEN_MS = 300_000;

// What callers are told. It says nothing of which server it is, where, or what it said.
const SERVER = "The server that has the model";
const FAILED = `${SERVER} failed.`;
const BROKE = `The connection to the server that has the model broke.`;
const UNREADABLE = "sent what is no stream of tokens.";
const ENDED = "ended the stream before the answer was complete.";

/** Who waits for a token. */
interface Reader {
  resolve(result: IteratorResult<Token, undefined>): void;
  reject(error: unknown): void;
}

/** One generation at a server. */
export interface StreamRequest {
  readonly upstream: Upstream;
  readonly call: Call;
  /** Further headers for the server. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** Tokens that the prompt may have. */
  readonly contextLimit: number;
  /** Tokens of the prompt, if they were counted before. */
  readonly promptTokens: number | undefined;
  /** Asks the server for the tokens of the prompt, where its stream doesn't tell them in time. */
  readonly count: () => Promise<number>;
  /** Aborted when the caller leaves. */
  readonly caller: AbortSignal | undefined;
  /** Aborted when the engine is closed, with the error for those who wait. */
  readonly closing: AbortSignal;
  /** Called once, when the connection no longer works on the request. Not where the server refused it: then there is an error. */
  readonly free: () => void;
  /** In ms. @default 60000 */
  readonly silenceMs?: number | undefined;
  /** In ms. @default 300000 */
  readonly firstTokenMs?: number | undefined;
}

/**
 * Starts a generation. Resolves once the server has told the prompt's tokens, or the first token.
 *
 * @throws {EngineUnavailableError} {@link EngineBusyError} {@link EngineStoppedError} {@link PromptTooLongError} {@link RefusedError}
 * @throws the caller's reason once aborted.
 */
export async function startStream(request: StreamRequest): Promise<Generation> {
  const { contextLimit } = request;
  const stream = new UpstreamStream(request);
  try {
    await stream.start();
    // vLLM's router passes no counts on before the end
    const promptTokens = stream.promptTokens ?? (await request.count().catch(zeroIfMissing));
    if (promptTokens > contextLimit) throw new PromptTooLongError(promptTokens, contextLimit);
    return { promptTokens, [Symbol.asyncIterator]: () => stream };
  } catch (error) {
    stream.leave();
    throw error;
  }
}

/** Where nothing can count, as behind a router without that path, the answer is worth more than its count. */
function zeroIfMissing(error: unknown): number {
  if (isMissing(error)) return 0;
  throw error;
}

/**
 * The tokens of one answer, as they come. What is between a socket and its reader runs for each token of each stream, so there are neither generators nor
 * the iterator of a `Readable`, which take a third of its time (measured).
 */
class UpstreamStream implements AsyncIterator<Token, undefined> {
  promptTokens: number | undefined;
  readonly #request: StreamRequest;
  readonly #flow: TokenFlow;
  readonly #leaving = new AbortController();
  readonly #signal: AbortSignal;
  #body: Readable | undefined;
  readonly #events: EventReader;
  readonly #read: ReadEvent;
  /** Tokens that nobody has read yet, from {@link #next} on. */
  #pending: Token[] = [];
  #next = 0;
  /** Those who wait for a token. */
  readonly #readers: Reader[] = [];
  /** Waits for the first news. */
  #onNews: (() => void) | undefined;
  /** Why no more tokens come; those that came before are passed on first. */
  #failure: { readonly error: unknown } | undefined;
  #closed = false;
  /** Whether an event has come: what has none is no stream. */
  #heard = false;
  #timer: NodeJS.Timeout | undefined;
  /** What the timer is set to, in ms. */
  #limitMs = 0;

  constructor(request: StreamRequest) {
    const { call, caller, closing } = request;
    this.#request = request;
    this.promptTokens = request.promptTokens;
    this.#flow = new TokenFlow(call.maxTokens);
    this.#signal = AbortSignal.any([this.#leaving.signal, closing, ...(caller ? [caller] : [])]);
    this.#events = eventReader(call.framing);
    this.#read = call.read;
  }

  /** Sends the request and waits for its first news. */
  async start(): Promise<void> {
    const { upstream, call, headers } = this.#request;
    this.#watch(this.#limit());
    const signal = this.#signal;
    const body = await upstream.stream(call.path, call.body, { signal, headers }).catch((error: unknown) => {
      throw this.#reason(error);
    });
    this.#body = body;
    body.on("error", (error) => this.#fail(error));
    body.once("end", () => this.#fail(this.#incomplete()));
    body.once("close", () => {
      this.#fail(new Error("it was closed"));
      this.#close();
    });
    body.on("data", (part: Uint8Array) => this.#receive(part));
    for (;;) {
      const hasToken = this.#pending.length > 0;
      if (this.#failure && !hasToken) throw this.#failure.error;
      if (this.#heard && (this.promptTokens !== undefined || hasToken)) return;
      await new Promise<void>((resolve) => (this.#onNews = resolve));
    }
  }

  next(): Promise<IteratorResult<Token, undefined>> {
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
      this.#answer();
    });
  }

  return(): Promise<IteratorResult<Token, undefined>> {
    this.leave();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Nobody reads any more. A complete answer is read to its end, so that its connection can be used again; another is cut, which tells the server to stop. */
  leave(): void {
    this.#unwatch();
    if (!this.#flow.ended) this.#leaving.abort();
    else if (!this.#closed) {
      this.#body?.resume();
      this.#watch(END_MS);
    }
  }

  /** All tokens have been read. */
  #goOn(): void {
    this.#pending = [];
    this.#next = 0;
    if (this.#failure || this.#flow.ended || !this.#body?.isPaused()) return;
    this.#body.resume();
    this.#watch(this.#limit());
  }

  #receive(part: Uint8Array): void {
    // what follows the last token is read for the sake of the connection
    if (this.#failure || this.#flow.ended) return;
    try {
      this.#events(part, this.#take);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#pending.length - this.#next < PENDING_TOKENS) this.#watch(this.#limit());
    else {
      // the server isn't silent: nobody listens
      this.#unwatch();
      this.#body?.pause();
    }
    this.#answer();
  }

  #fail(error: unknown): void {
    if (this.#failure || this.#flow.ended) return;
    this.#failure = { error: this.#reason(error) };
    this.leave();
    this.#answer();
  }

  /** Passes on what has come to those who wait for it. */
  #answer(): void {
    for (let reader = this.#readers[0]; reader; reader = this.#readers[0]) {
      const token = this.#pending[this.#next];
      if (token) {
        this.#next += 1;
        if (this.#next === this.#pending.length) this.#goOn();
        reader.resolve({ done: false, value: token });
      } else if (this.#flow.ended) {
        this.leave();
        reader.resolve({ done: true, value: undefined });
      } else if (this.#failure) reader.reject(this.#failure.error);
      else break;
      this.#readers.shift();
    }
    this.#onNews?.();
    this.#onNews = undefined;
  }

  readonly #take = (event: unknown): void => {
    this.#heard = true;
    if (event === DONE) return;
    const news = this.#read(event);
    if (news.failure !== undefined) {
      const { upstream, call } = this.#request;
      throw stopped(FAILED, `${upstream.host} failed${upstream.quoted(news.failure, call.body)}`);
    }
    this.promptTokens ??= news.promptTokens;
    this.#flow.take(news, this.#pending);
  };

  /** How long the server may be silent now, in ms. */
  #limit(): number {
    const { firstTokenMs = FIRST_TOKEN_MS, silenceMs = SILENCE_MS } = this.#request;
    return this.#flow.count === 0 ? firstTokenMs : silenceMs;
  }

  #watch(ms: number): void {
    if (this.#timer && this.#limitMs === ms) {
      this.#timer.refresh();
      return;
    }
    this.#unwatch();
    this.#limitMs = ms;
    this.#timer = setTimeout(() => {
      const silence = `nothing for ${ms / 1000} s.`;
      this.#leaving.abort(
        stopped(`${SERVER} sent ${silence}`, `${this.#request.upstream.host} sent ${silence}`),
      );
    }, timerMs(ms));
  }

  #unwatch(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #close(): void {
    this.#unwatch();
    if (this.#closed) return;
    this.#closed = true;
    this.#request.free();
  }

  /** Why reading failed: whoever ended it says why, else the connection broke. */
  #reason(error: unknown): unknown {
    const { caller, closing, upstream } = this.#request;
    if (caller?.aborted) return caller.reason;
    if (closing.aborted) return closing.reason;
    const { signal } = this.#leaving;
    if (signal.aborted) return signal.reason;
    if (error instanceof SyntaxError) {
      // its message quotes the answer, which is nobody's but the caller's
      return stopped(`${SERVER} ${UNREADABLE}`, `${upstream.host} ${UNREADABLE}`);
    }
    if (this.#body === undefined || error instanceof EngineStoppedError) return error;
    const words = error instanceof Error ? error.message : String(error);
    return stopped(BROKE, `The connection to ${upstream.host} broke: ${words}.`, { cause: error });
  }

  #incomplete(): EngineStoppedError {
    return stopped(`${SERVER} ${ENDED}`, `${this.#request.upstream.host} ${ENDED}`);
  }
}

/** Tokens that wait for their reader before no more are read from the server. One event may bring more: they are kept too. */
const PENDING_TOKENS = 64;

/** How long the end of a complete answer may take, before its connection is closed instead of used again. */
const END_MS = 1_000;
