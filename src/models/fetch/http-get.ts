import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";

import { SourceError } from "../errors.js";
import type { DownloadLimits } from "./download-limits.js";

/** The hub answers with one redirect to its storage; a mirror in between may add some. */
const MAX_REDIRECTS = 5;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export interface HttpGet {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** @default "GET" */
  readonly method?: "GET" | "HEAD";
  /** Whether a redirect to another origin is an answer. @default it's followed */
  readonly stayHere?: boolean;
  /** Sent to the origin of `url`, and to no other that it redirects to. */
  readonly token?: string | undefined;
  readonly limits: DownloadLimits;
  readonly signal: AbortSignal;
}

/**
 * Gets a file over HTTP(S), through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name, which Node 20 doesn't do
 * by itself. Follows redirects. Why this is no library's: `docs/decisions/0010-what-stays-by-hand.md`.
 *
 * @returns the answer that is no redirect that is followed; its body is to be read or destroyed, and fails when it stalls
 * @throws {SourceError} there are too many redirects
 * @throws what Node says about a connection that can't be made
 */
export async function httpGet(get: HttpGet): Promise<IncomingMessage> {
  const { url, headers, token, limits, signal, method = "GET", stayHere = false } = get;
  const { origin } = new URL(url);
  let target = new URL(url);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const authorization = token && target.origin === origin ? { authorization: `Bearer ${token}` } : {};
    const response = await answer(target, method, { ...headers, ...authorization }, limits, signal);
    const { location } = response.headers;
    if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return response;
    const next = new URL(location, target);
    if (stayHere && next.origin !== origin) return response;
    response.destroy();
    target = next;
  }
  throw new SourceError(`more than ${MAX_REDIRECTS} redirects`);
}

/** One request, until its answer's headers are here. */
async function answer(
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>>,
  limits: DownloadLimits,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const late = new AbortController();
  const ended = AbortSignal.any([signal, late.signal]);
  const proxy = getProxyForUrl(url.href);
  const options = {
    method,
    // the bytes as they are, so that they can be counted
    headers: { ...headers, "accept-encoding": "identity", "user-agent": "cria" },
    agent: proxy === "" ? false : new HttpsProxyAgent(proxy, { signal: ended }),
    signal: ended,
  } as const;
  const request = url.protocol === "https:" ? httpsRequest(url, options) : httpRequest(url, options);
  const stopWatch = watch(request, limits, late);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once("response", resolve).once("error", reject).end();
      // a request that waits for a proxy's tunnel doesn't notice
      ended.addEventListener("abort", () => reject(ended.reason as Error), { once: true });
    });
    response.setTimeout(limits.silenceMs, () => {
      response.destroy(new Error(`no bytes for ${limits.silenceMs} ms`));
    });
    return response;
  } finally {
    stopWatch();
    request.on("error", () => undefined); // told by the answer's body as well
  }
}

/** Ends a request whose connection doesn't stand in time, a proxy's tunnel included, or that isn't answered in time. */
function watch(request: ClientRequest, limits: DownloadLimits, late: AbortController): () => void {
  const within = (milliseconds: number, missing: string) =>
    setTimeout(() => late.abort(new Error(`${missing} within ${milliseconds} ms`)), milliseconds);
  let timer = within(limits.connectMs, "no connection");
  const connected = () => {
    clearTimeout(timer);
    timer = within(limits.silenceMs, "no answer");
  };
  request.once("socket", (socket) => {
    if (socket.connecting) socket.once("connect", connected);
    else connected();
  });
  return () => clearTimeout(timer);
}
