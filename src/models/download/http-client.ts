import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import { SourceError } from "../errors/source-error.js";
import type { DownloadLimits } from "./download-limits.js";

/** The hub answers with one redirect to its storage; a mirror in between may add some. */
const MAX_REDIRECTS = 5;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export type HttpResponse = Dispatcher.ResponseData;

/**
 * Gets files over HTTP(S), through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name, which Node's own `fetch`
 * doesn't do. Follows redirects, and sends a token to the host it's meant for only.
 */
export class HttpClient implements AsyncDisposable {
  readonly #agent: EnvHttpProxyAgent;

  constructor(env: NodeJS.ProcessEnv, limits: DownloadLimits) {
    const proxies = {
      httpProxy: env["http_proxy"] ?? env["HTTP_PROXY"],
      httpsProxy: env["https_proxy"] ?? env["HTTPS_PROXY"],
      noProxy: env["no_proxy"] ?? env["NO_PROXY"],
    };
    this.#agent = new EnvHttpProxyAgent({
      ...Object.fromEntries(Object.entries(proxies).filter(([, value]) => value)),
      connect: { timeout: limits.connectMs },
      headersTimeout: limits.silenceMs,
      bodyTimeout: limits.silenceMs,
    });
  }

  /**
   * @param token - sent to the host of `url`, and to no host it redirects to
   * @returns the answer that is no redirect; its body must be read or destroyed
   */
  async get(
    url: string,
    headers: Record<string, string>,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const { origin } = new URL(url);
    let target = new URL(url);
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const authorization = token && target.origin === origin ? { authorization: `Bearer ${token}` } : {};
      const response = await this.#agent.request({
        origin: target.origin,
        path: target.pathname + target.search,
        method: "GET",
        // the bytes as they are, so that they can be counted
        headers: { ...headers, ...authorization, "accept-encoding": "identity", "user-agent": "cria" },
        signal,
      });
      const { location } = response.headers;
      if (!REDIRECTS.has(response.statusCode) || typeof location !== "string") return response;
      await response.body.dump();
      target = new URL(location, target);
    }
    throw new SourceError(`more than ${MAX_REDIRECTS} redirects`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}
