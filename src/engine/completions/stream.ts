import { timerMs } from "../../platform/index.js";
import type { Generation, Token } from "../engine.js";
import { EngineStoppedError, PromptTooLongError } from "../errors.js";
import type { Call, ReadEvent } from "./dialect.js";
import { stopped } from "./errors.js";
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
  /** Called once, when the connection no longer works on the request. */
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
  const { contextLimit, free } = request;
  const stream = new UpstreamStream(request);
  try {
    await stream.start();
    // vLLM's router passes no counts on before the end
    const promptTokens = stream.promptTokens ?? (await request.count());
    if (promptTokens > contextLimit) throw new PromptTooLongError(promptTokens, contextLimit);
    const tokens = stream.tokens();
    return {
      promptTokens,
      [Symbol.asyncIterator]: () => ({
        next: () => tokens.next(),
        return: () => {
          // a generator that was never started runs no `finally`
          stream.leave();
          return tokens.return(undefined);
        },
      }),
    };
  } catch (error) {
    stream.leave();
    free();
    throw error;
  }
}

class UpstreamStream {
  promptTokens: number | undefined;
  readonly #request: StreamRequest;
  readonly #flow: TokenFlow;
  readonly #leaving = new AbortController();
  readonly #signal: AbortSignal;
  #parts: AsyncIterator<Uint8Array> | undefined;
  readonly #events: EventReader;
  readonly #read: ReadEvent;
  #pending: Token[] = [];
  /** Why no more tokens come; those that came before are passed on first. */
  #failure: { readonly error: unknown } | undefined;
  #done = false;
  /** Whether an event has come: what has none is no stream. */
  #heard = false;
  #timer: NodeJS.Timeout | undefined;

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
    // even if nobody iterates
    body.once("close", () => this.#close());
    this.#parts = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    do await this.#next();
    while (!this.#heard || (this.promptTokens === undefined && this.#pending.length === 0));
  }

  async *tokens(): AsyncGenerator<Token, undefined> {
    try {
      for (;;) {
        const pending = this.#pending;
        this.#pending = [];
        for (const token of pending) yield token;
        if (this.#flow.ended) return;
        await this.#next();
      }
    } finally {
      this.leave();
    }
  }

  /** Nobody reads any more. A complete answer is read to its end, so that its connection can be used again; another is cut, which tells the server to stop. */
  leave(): void {
    clearTimeout(this.#timer);
    if (this.#flow.ended && this.#parts) void this.#finish(this.#parts);
    else this.#leaving.abort();
  }

  async #finish(parts: AsyncIterator<Uint8Array>): Promise<void> {
    this.#watch(END_MS);
    try {
      while (!(await parts.next()).done);
    } catch {
      // the answer is complete all the same
    }
    clearTimeout(this.#timer);
  }

  /** Reads the next part of the body. @throws why there is none */
  async #next(): Promise<void> {
    if (this.#failure) throw this.#failure.error;
    try {
      const part = await this.#parts?.next();
      if (part === undefined || part.done) throw this.#incomplete();
      for (const event of this.#events(part.value)) this.#take(event);
      this.#watch(this.#limit());
    } catch (error) {
      this.#failure = { error: this.#reason(error) };
      if (this.#pending.length === 0) throw this.#failure.error;
    }
  }

  #take(event: unknown): void {
    this.#heard = true;
    if (event === DONE) return;
    const news = this.#read(event);
    if (news.failure !== undefined) {
      const { upstream, call } = this.#request;
      throw stopped(FAILED, `${upstream.host} failed${upstream.quoted(news.failure, call.body)}`);
    }
    this.promptTokens ??= news.promptTokens;
    this.#pending.push(...this.#flow.take(news));
  }

  /** How long the server may be silent now, in ms. */
  #limit(): number {
    const { firstTokenMs = FIRST_TOKEN_MS, silenceMs = SILENCE_MS } = this.#request;
    return this.#flow.count === 0 ? firstTokenMs : silenceMs;
  }

  #watch(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const silence = `nothing for ${ms / 1000} s.`;
      this.#leaving.abort(
        stopped(`${SERVER} sent ${silence}`, `${this.#request.upstream.host} sent ${silence}`),
      );
    }, timerMs(ms));
  }

  #close(): void {
    clearTimeout(this.#timer);
    if (this.#done) return;
    this.#done = true;
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
    if (this.#parts === undefined || error instanceof EngineStoppedError) return error;
    const words = error instanceof Error ? error.message : String(error);
    return stopped(BROKE, `The connection to ${upstream.host} broke: ${words}.`, { cause: error });
  }

  #incomplete(): EngineStoppedError {
    return stopped(`${SERVER} ${ENDED}`, `${this.#request.upstream.host} ${ENDED}`);
  }
}

/** How long the end of a complete answer may take, before its connection is closed instead of used again. */
const END_MS = 1_000;
