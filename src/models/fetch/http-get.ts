import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";

import { SourceError } from "../errors.js";
import type { DownloadLimits } from "./fetch-job.js";

/** The hub redirects once, to its storage; a mirror may add some redirects. */
const MAX_REDIRECTS = 5;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The limits of one request. */
export type ConnectionLimits = Pick<DownloadLimits, "connectMs" | "idleMs">;

export interface HttpGet {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** @default "GET" */
  readonly method?: "GET" | "HEAD";
  /** Whether to return a redirect to another origin, rather than follow it. @default false */
  readonly sameOrigin?: boolean;
  /** A bearer token, sent to the origin of `url` but to no other that it redirects to. */
  readonly token?: string | undefined;
  readonly limits: ConnectionLimits;
  readonly signal: AbortSignal;
}

/**
 * Requests a file over HTTP(S), through the proxy in `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` (Node 20 ignores them), and
 * follows redirects. `docs/decisions/0010-what-stays-by-hand.md` says why this is not a library.
 *
 * @returns the last response. The caller must read or destroy its body, which fails if it stalls
 * @throws {SourceError} there are too many redirects
 * @throws Node's error if no connection is made
 */
export async function httpGet(get: HttpGet): Promise<IncomingMessage> {
  const { url, headers, token, limits, signal, method = "GET", sameOrigin = false } = get;
  const { origin } = new URL(url);
  let target = new URL(url);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const authorization = token && target.origin === origin ? { authorization: `Bearer ${token}` } : {};
    const response = await answer(target, method, { ...headers, ...authorization }, limits, signal);
    const { location } = response.headers;
    if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return response;
    const next = new URL(location, target);
    if (sameOrigin && next.origin !== origin) return response;
    response.destroy();
    target = next;
  }
  throw new SourceError(`redirected more than ${MAX_REDIRECTS} times`);
}

/** Sends one request and waits for the response's headers. */
async function answer(
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>>,
  limits: ConnectionLimits,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const timeout = new AbortController();
  const ended = AbortSignal.any([signal, timeout.signal]);
  const proxy = getProxyForUrl(url.href);
  const options = {
    method,
    // uncompressed, because the bytes are counted
    headers: { ...headers, "accept-encoding": "identity", "user-agent": "cria" },
    agent: proxy === "" ? false : new HttpsProxyAgent(proxy, { signal: ended }),
    signal: ended,
  } as const;
  const request = url.protocol === "https:" ? httpsRequest(url, options) : httpRequest(url, options);
  const stopWatch = watch(request, limits, timeout);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once("response", resolve).once("error", reject).end();
      // a request that is waiting for a proxy's tunnel does not react to the signal
      ended.addEventListener("abort", () => reject(ended.reason as Error), { once: true });
    });
    response.setTimeout(limits.idleMs, () => {
      response.destroy(new Error(`no bytes for ${limits.idleMs} ms`));
    });
    return response;
  } finally {
    stopWatch();
    request.on("error", () => undefined); // the response's body emits it too
  }
}

/** Aborts a request if its connection, including a proxy's tunnel, or its response takes too long. */
function watch(request: ClientRequest, limits: ConnectionLimits, timeout: AbortController): () => void {
  const within = (milliseconds: number, missing: string) =>
    setTimeout(() => timeout.abort(new Error(`${missing} within ${milliseconds} ms`)), milliseconds);
  let timer = within(limits.connectMs, "no connection");
  const connected = () => {
    clearTimeout(timer);
    timer = within(limits.idleMs, "no response");
  };
  request.once("socket", (socket) => {
    if (socket.connecting) socket.once("connect", connected);
    else connected();
  });
  return () => clearTimeout(timer);
}
