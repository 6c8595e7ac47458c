import { setTimeout as sleep } from "node:timers/promises";

import type { Dispatcher, request } from "undici";

import {
  connectionProblem,
  type EngineHealth,
  type EngineModel,
  EngineUnavailableError,
  type Notify,
} from "../../engine/index.js";
import type { Upstream } from "../../fleet/index.js";
import { isLoopback, sentences, timerMs } from "../../platform/index.js";
import { signRequest } from "../../sigv4/index.js";
import { NoAmazonCredentialsError } from "../errors.js";
import type { BedrockUpstream } from "../serve-options.js";
import type { Header } from "../transport/index.js";
import { AmazonCredentials } from "./credentials.js";

/** How long a connection may take to be made. Across an ocean, with TLS, it takes half a second. */
const CONNECT_MS = 5_000;

/**
 * How long Amazon may say nothing, before the head of its answer and within its body. A whole answer comes with its head: 8,192 tokens at 20 a
 * second take seven minutes.
 */
export const SILENCE_MS = 600_000;

/** How long an idle connection is kept for the next request. Amazon keeps it longer, so that none is used just as it is closed. */
const IDLE_MS = 20_000;

/** How often credentials are looked for while there are none. */
const LOOK_MS = 30_000;

/** The pause before the first retry, in ms; it doubles with each, up to the second. Half of it, at random, is left out, as the SDKs do. */
const PAUSE_MS = 100;
const MAX_PAUSE_MS = 20_000;

/** The most retries: with all of their pauses a caller waits for more than a minute. */
export const MAX_RETRIES = 10;

/** How Amazon is reached. */
export interface AmazonBedrockOptions extends Omit<BedrockUpstream, "caFile"> {
  /** The certificates, in PEM, one of which must have signed the endpoint's. @default those that Node trusts */
  readonly ca?: string | undefined;
}

/** A request to Amazon, before it is signed. */
export interface PassedRequest {
  /** Percent-encoded, without a query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}

/** undici, and its connections. */
interface Client {
  readonly dispatcher: Dispatcher;
  readonly request: typeof request;
}

/** Amazon's answer. Its body is to be read or destroyed. */
export interface PassedAnswer {
  readonly status: number;
  /** In the order and case received. */
  readonly headers: readonly Header[];
  readonly body: Dispatcher.ResponseData["body"];
}

/**
 * Amazon Bedrock in one region: requests are signed with the credentials of this process and sent there; what comes back isn't looked at.
 *
 * Over HTTP/1.1, as most SDKs do, with a connection for each answer that is under way. undici's HTTP/2 gives nothing for it here: it sends one
 * POST at a time on a connection, and ends all answers on it at the GOAWAY by which a load balancer retires it (7.30, read and tried).
 */
export class AmazonBedrock implements Upstream {
  readonly name: string;
  readonly #region: string;
  readonly #origin: URL;
  readonly #retries: number;
  readonly #timeoutMs: number;
  readonly #ca: string | undefined;
  readonly #credentials: AmazonCredentials;
  readonly #onNotice: Notify;
  #client: Promise<Client> | undefined;
  /** Why no request can be signed; undefined if it can be. */
  #problem: string | undefined;
  readonly #look: NodeJS.Timeout;

  /**
   * @param onNotice - called with sentences for the user: there are no credentials, or they are there
   * @throws {TypeError} the endpoint isn't a URL.
   */
  constructor(options: AmazonBedrockOptions, onNotice: Notify) {
    const { bedrock: region, endpoint, profile, retries = 0, timeoutMs = SILENCE_MS, ca } = options;
    this.name = `Amazon Bedrock ${region}`;
    this.#region = region;
    this.#origin = new URL(endpoint ?? `https://bedrock-runtime.${region}.amazonaws.com`);
    this.#retries = retries;
    this.#timeoutMs = timerMs(timeoutMs);
    this.#ca = ca;
    const forAmazon = endpoint === undefined;
    this.#credentials = new AmazonCredentials({ profile, region, forAmazon, onNotice });
    this.#onNotice = onNotice;
    this.#look = setInterval(() => void (this.#problem !== undefined && this.#check()), LOOK_MS);
    this.#look.unref();
    void this.#check();
  }

  get isDown(): boolean {
    return this.#problem !== undefined;
  }

  /** It has every model, and tells none. */
  ready(): Promise<readonly EngineModel[]> {
    return Promise.resolve([]);
  }

  /** Anybody may ask for it, so it says no more than a caller is told. */
  health(): EngineHealth {
    return this.#problem === undefined ? { ready: true } : { ready: false, reason: NO_CREDENTIALS };
  }

  /**
   * Sends a request. It is sent again, as often as the options say, if no connection was made or it broke before the answer began, and after
   * an answer of 429, 500, 502, 503 or 504.
   *
   * @param signal - ends the request, and the answer while it comes
   * @returns the answer, whatever its status
   * @throws {NoAmazonCredentialsError} there are no credentials.
   * @throws {EngineUnavailableError} Amazon can't be reached, or doesn't answer.
   * @throws `signal.reason` once aborted.
   */
  async send(passed: PassedRequest, signal: AbortSignal): Promise<PassedAnswer> {
    for (let attempt = 0; ; attempt += 1) {
      const isLast = attempt >= this.#retries;
      const answer = await this.#sendOnce(passed, signal, isLast);
      if (answer !== undefined && (isLast || !isTemporary(answer.status))) return answer;
      void answer?.body.dump();
      await pause(attempt, signal);
    }
  }

  /** Notes that Amazon refused the credentials: others are looked for at the next request. */
  refused(): void {
    this.#credentials.renew();
  }

  async close(): Promise<void> {
    clearInterval(this.#look);
    const client = await this.#client?.catch(() => undefined);
    await client?.dispatcher.destroy();
  }

  /** @returns undefined if it failed in a way that may pass, and isn't the last try */
  async #sendOnce(
    { path, headers, body }: PassedRequest,
    signal: AbortSignal,
    isLast: boolean,
  ): Promise<PassedAnswer | undefined> {
    const target = `${this.#origin.pathname.replace(/\/+$/u, "")}${path}`;
    const signed = await this.#authorize(target, headers, body);
    signal.throwIfAborted();
    try {
      const { dispatcher, request } = await (this.#client ??= this.#connect());
      const answer = await request(new URL(target, this.#origin), {
        dispatcher,
        method: "POST",
        headers: signed.flat(),
        body,
        signal,
        responseHeaders: "raw",
      });
      // a reader may come later than an error
      answer.body.on("error", () => undefined);
      return {
        status: answer.statusCode,
        headers: pairs(answer.headers as unknown as readonly string[]),
        body: answer.body,
      };
    } catch (error) {
      signal.throwIfAborted();
      if (!isLast && !isTimeout(error)) return undefined;
      throw this.#unreachable(error);
    }
  }

  async #authorize(
    path: string,
    passed: readonly Header[],
    body: Uint8Array,
  ): Promise<readonly (readonly string[])[]> {
    const headers: readonly Header[] = [["host", this.#origin.host], ["user-agent", "cria"], ...passed];
    const authorization = await this.#authorization();
    if ("keys" in authorization) {
      const request = { method: "POST", path, headers, body };
      return signRequest(request, { credentials: authorization.keys, region: this.#region });
    }
    const { protocol, hostname, host } = this.#origin;
    if (protocol !== "https:" && !isLoopback(hostname.replace(/^\[|\]$/gu, ""))) {
      throw unavailable("Amazon Bedrock can't be reached.", `An API key isn't sent to ${host} without TLS.`);
    }
    return [...headers, ["authorization", `Bearer ${authorization.apiKey}`]];
  }

  async #authorization() {
    try {
      const authorization = await this.#credentials.current();
      if (this.#problem !== undefined)
        this.#onNotice(`There are AWS credentials for ${this.name} now.`, "info");
      this.#problem = undefined;
      return authorization;
    } catch (error) {
      if (!(error instanceof NoAmazonCredentialsError)) throw error;
      const problem = sentences(`There are no AWS credentials for ${this.name}.`, error.reason);
      if (this.#problem !== problem) this.#onNotice(sentences(problem, error.advice), "warn");
      this.#problem = problem;
      throw error;
    }
  }

  async #check(): Promise<void> {
    // told by a notice
    await this.#authorization().catch(() => undefined);
  }

  /** undici is loaded only here: most servers pass nothing on. */
  async #connect(): Promise<Client> {
    const [{ Agent, ProxyAgent, request }, { getProxyForUrl }] = await Promise.all([
      import("undici"),
      import("proxy-from-env"),
    ]);
    const ca = this.#ca;
    const connect = { timeout: CONNECT_MS, ...(ca !== undefined && { ca }) };
    const options = {
      headersTimeout: this.#timeoutMs,
      bodyTimeout: this.#timeoutMs,
      keepAliveTimeout: IDLE_MS,
    };
    const proxy = getProxyForUrl(this.#origin.href);
    const dispatcher =
      proxy === ""
        ? new Agent({ ...options, connect })
        : new ProxyAgent({ ...options, uri: proxy, requestTls: connect, proxyTls: { timeout: CONNECT_MS } });
    return { dispatcher, request };
  }

  #unreachable(error: unknown): EngineUnavailableError {
    const { host } = this.#origin;
    if (isTimeout(error)) {
      const late = `didn't answer within ${this.#timeoutMs / 1000} s.`;
      return unavailable(`Amazon Bedrock ${late}`, `${host} ${late}`);
    }
    const detail = `${host} ${connectionProblem(error, this.#origin)}`;
    return unavailable("Amazon Bedrock can't be reached.", detail, { cause: error });
  }
}

/** @param sentence - for callers, who are told nothing of the network @param detail - for whoever runs Cria */
function unavailable(sentence: string, detail: string, options?: ErrorOptions): EngineUnavailableError {
  return new EngineUnavailableError(sentence, false, { cause: new Error(detail, options) });
}

const NO_CREDENTIALS = "Cria has no AWS credentials for Amazon Bedrock.";

/** The statuses after which SDKs send a request again: throttling, and failures of the service or of what is in front of it. */
export function isTemporary(status: number): boolean {
  return status === 429 || (status >= 500 && status <= 504 && status !== 501);
}

/** Such a request may still be worked on. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "UND_ERR_HEADERS_TIMEOUT";
}

async function pause(attempt: number, signal: AbortSignal): Promise<void> {
  const most = Math.min(MAX_PAUSE_MS, PAUSE_MS * 2 ** attempt);
  // throws the signal's own reason instead of the timer's AbortError
  await sleep(most * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

function pairs(raw: readonly string[]): readonly Header[] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? ""] as const] : []));
}
