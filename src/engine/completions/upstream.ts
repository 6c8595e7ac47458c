import type { Readable } from "node:stream";

import type { Agent, errors, request } from "undici";

import { timerMs } from "../../platform/index.js";
import { connectionProblem, SPEAKS_TLS, wantsTls } from "../connection-problem.js";
import { EngineBusyError, EngineUnavailableError } from "../errors.js";
import type { Answer, Asking } from "./answer.js";
import { RefusedError, unavailable, UpstreamFailure } from "./errors.js";
import { Http2Sessions } from "./http2-sessions.js";
import { errorText } from "./json.js";
import { quotable } from "./quotable.js";

/** How long a connection may take to be made. A server in the same network answers within a second. */
const CONNECT_MS = 5_000;

/** How long an answer may take that needs no generation: a list of models, a count of tokens, the server's health. */
const ASK_MS = 10_000;

/** The most that is read of an answer that isn't a stream: lists of models and token ids of a prompt of 25 MB. */
const ANSWER_BYTES = 256 * 1024 * 1024;

/** The most that is read of an error. */
const ERROR_BYTES = 64 * 1024;

/**
 * How soon a connection that was kept must break for the request to be sent again on a new one: the server had closed it, and the request crossed its
 * farewell. Later the server may have worked on the request, and another try would cost as much again.
 */
const STALE_MS = 1_000;

/** Longest rest that a server's `Retry-After` is granted: callers give up sooner than after a longer one. */
const MAX_REST_MS = 30_000;

// What callers are told. It says nothing of which server it is, where, or what it said.
const UNREACHABLE = "The server that has the model can't be reached.";
const UNREADABLE = "The server that has the model gave an answer that can't be read.";
const FORBIDDEN = "The server that has the model doesn't let Cria in.";
const NOT_READY = "The server that has the model isn't ready.";
const FAILED = "The server that has the model failed.";
const BUSY = "The server that has the model is busy.";

const WANTS_KEY =
  "It wants a key. Say where it is with key-env=VARIABLE or key-file=FILE (in a file, `keyEnv` or `keyFile`).";

/** How to reach a server. */
export interface UpstreamOptions {
  /** Its URL, with or without `/v1` at the end. */
  readonly url: string;
  /** A bearer key for it. @default none */
  readonly key?: string | undefined;
  /** The certificates that it may be signed by, in PEM, instead of those that Node trusts. @default Node's */
  readonly ca?: string | undefined;
}

/** Options of {@link Upstream.stream}. */
export interface StreamOptions {
  /** Ends the connection, which tells the server to stop. */
  readonly signal: AbortSignal;
  /** Further headers. */
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** Options of {@link Upstream.ask}. */
export interface AskOptions {
  /** Ends the question. */
  readonly signal?: AbortSignal | undefined;
  /** Further headers. @default none */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How long the answer may take, in ms. @default 10000 */
  readonly limitMs?: number | undefined;
}

/** Connections in HTTP/2, where there is TLS, and undici with its own in HTTP/1.1. */
interface Client {
  readonly sessions: Http2Sessions | undefined;
  readonly agent: Agent;
  readonly request: typeof request;
}

/** Connections to one server: kept alive, HTTP/2 if it offers that over TLS. */
export class Upstream {
  readonly #root: URL;
  readonly #key: string | undefined;
  readonly #ca: string | undefined;
  #client: Promise<Client> | undefined;
  /** Until when the server asked to be left alone, in ms since 1970. */
  #restUntil = 0;

  constructor({ url, key, ca }: UpstreamOptions) {
    this.#root = rootOf(url);
    this.#key = key;
    this.#ca = ca;
  }

  /** The server's host and port, for messages: no credentials, no path. */
  get host(): string {
    return this.#root.host;
  }

  /** @param path - below the server's root @returns the path of its URL */
  pathOf(path: string): string {
    return `${this.#root.pathname}${path.slice(1)}`;
  }

  /**
   * @returns the JSON of an answer; undefined if a question without a body has no such path
   * @throws {EngineUnavailableError} {@link EngineBusyError} {@link RefusedError}
   */
  async ask(
    path: string,
    body?: unknown,
    { signal, headers, limitMs = ASK_MS }: AskOptions = {},
  ): Promise<unknown> {
    const limit = AbortSignal.timeout(timerMs(limitMs));
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    const response = await this.#send(path, body, either, signal, headers);
    const isMissing = response.statusCode === 404 || response.statusCode === 405;
    // with a body, it may be the model that is missing
    if (isMissing && body === undefined) {
      response.body.resume();
      return undefined;
    }
    if (response.statusCode >= 300) throw await this.#refusal(response, body);
    const text = await readText(response.body, ANSWER_BYTES, signal).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw this.#unreachable(error);
    });
    const answer = parsed(text);
    if (answer !== undefined) return answer;
    const detail = `${this.host} answered ${this.pathOf(path)} with something else than JSON. Is the path of its URL right?`;
    throw unavailable(UNREADABLE, detail);
  }

  /** Whether the server says that it can generate. @throws {EngineUnavailableError} {@link EngineBusyError} {@link RefusedError} */
  async check(path: string): Promise<void> {
    const response = await this.#send(path, undefined, AbortSignal.timeout(timerMs(ASK_MS)), undefined);
    if (response.statusCode === 404) {
      response.body.resume();
      const detail = `${this.host} answered 404 to ${this.pathOf(path)}, where it should tell its health. Is it another kind of server than its dialect says?`;
      throw unavailable(FAILED, detail);
    }
    if (response.statusCode >= 300) throw await this.#refusal(response, undefined);
    response.body.resume();
  }

  /**
   * Sends a request for a generation.
   *
   * @returns the body of its answer
   * @throws {EngineUnavailableError} {@link EngineBusyError} {@link RefusedError}
   */
  async stream(path: string, body: unknown, { signal, headers }: StreamOptions): Promise<Readable> {
    const response = await this.#send(path, body, signal, signal, headers);
    if (response.statusCode !== 200) throw await this.#refusal(response, body);
    return response.body;
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    client?.sessions?.close();
    await client?.agent.destroy();
  }

  async #send(
    path: string,
    body: unknown,
    signal: AbortSignal,
    caller: AbortSignal | undefined,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const rest = this.#restUntil - Date.now();
    if (body !== undefined && rest > 0) {
      const detail = `${this.host} asked not to be called for ${Math.ceil(rest / 1000)} s.`;
      throw new EngineBusyError(BUSY, { cause: new UpstreamFailure(detail) });
    }
    const asking: Asking = {
      method: body === undefined ? "GET" : "POST",
      path: this.pathOf(path),
      headers: {
        ...headers,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(this.#key !== undefined && { authorization: `Bearer ${this.#key}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    };
    const began = Date.now();
    for (let again = false; ; again = true) {
      try {
        this.#client ??= this.#connect();
        const { sessions, agent, request } = await this.#client;
        const answer = await sessions?.ask(asking);
        if (answer) return answer;
        const { method, path: target, headers: all, body: sent = null } = asking;
        const url = new URL(target, this.#root);
        return await request(url, { method, headers: all, body: sent, signal, dispatcher: agent });
      } catch (error) {
        caller?.throwIfAborted();
        if (again || !wasClosed(error) || Date.now() - began > STALE_MS) throw this.#unreachable(error);
      }
    }
  }

  async #connect(): Promise<Client> {
    // 0.1 s of a start: only who has an upstream pays for it (measured)
    const { Agent, request } = await import("undici");
    const ca = this.#ca;
    const agent = new Agent({
      connect: { timeout: CONNECT_MS, ...(ca !== undefined && { ca }) },
      // silence is watched where the stream is read: before the first token more of it is allowed
      headersTimeout: 0,
      bodyTimeout: 0,
      // one request a connection at a time: an answer may take minutes
      pipelining: 1,
    });
    const sessions =
      this.#root.protocol === "https:" ? new Http2Sessions(this.#root, ca, CONNECT_MS) : undefined;
    return { sessions, agent, request };
  }

  #unreachable(error: unknown): EngineUnavailableError {
    if (error instanceof EngineUnavailableError) return error;
    const detail = `${this.host} ${connectionProblem(error, this.#root)}`;
    return unavailable(UNREACHABLE, detail, { cause: error });
  }

  async #refusal({ statusCode, headers, body }: Answer, sent: unknown): Promise<Error> {
    const said = await readText(body, ERROR_BYTES).catch(() => "");
    const answer = parsed(said);
    const detail = `${this.host} answered ${statusCode}${this.quoted(errorText(answer) ?? said, sent)}`;
    if (statusCode === 400 && this.#root.protocol === "http:" && wantsTls(said))
      return unavailable(UNREACHABLE, `${this.host} ${SPEAKS_TLS}.`);
    // only generations are held back: a list of models may have a bound of its own
    if (sent !== undefined && (statusCode === 429 || statusCode === 503))
      this.#restFor(headers["retry-after"]);
    if (statusCode === 429) return new EngineBusyError(BUSY, { cause: new UpstreamFailure(detail) });
    if (statusCode === 401 || statusCode === 403) {
      const key = this.#key === undefined ? WANTS_KEY : "Its key isn't accepted.";
      return unavailable(FORBIDDEN, `${this.host} answered ${statusCode}. ${key}`);
    }
    if (statusCode === 503) return unavailable(NOT_READY, detail, { loading: true });
    // what redirects is a login page or another host, not a server of completions
    const isMisplaced = statusCode === 404 || statusCode === 405 || statusCode < 400;
    const missing = statusCode === 404 || statusCode === 405;
    if (isMisplaced || statusCode >= 500) return unavailable(FAILED, detail, { missing });
    return new RefusedError(detail, answer);
  }

  /** A server's words as the end of a sentence for the log: without its key, and not at all where they have a part of what it was sent. */
  quoted(words: string, sent: unknown): string {
    const text = quotable(words, { key: this.#key, sent });
    return text === "" ? "." : `: ${text}`;
  }

  #restFor(header: string | string[] | undefined): void {
    const seconds = Number(header);
    const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(String(header)) - Date.now();
    if (ms > 0) this.#restUntil = Date.now() + Math.min(ms, MAX_REST_MS);
  }
}

/** The URL without `/v1`, with a slash at the end. */
function rootOf(url: string): URL {
  const root = new URL(url);
  root.pathname = `${root.pathname.replace(/\/+$/u, "").replace(/\/v1$/u, "")}/`;
  return root;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a kept connection broke: one that had brought an answer before, as undici tells of it, or the system. */
function wasClosed(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === "UND_ERR_SOCKET") return ((error as errors.SocketError).socket?.bytesRead ?? 0) > 0;
  return syscall !== "connect" && (code === "ECONNRESET" || code === "EPIPE");
}

async function readText(body: Readable, most: number, signal?: AbortSignal): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    signal?.throwIfAborted();
    bytes += part.length;
    if (bytes > most) {
      body.destroy();
      throw new Error(`more than ${most} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
