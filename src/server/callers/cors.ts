import type { Header } from "../transport/index.js";

/** The longest time that Chromium keeps the answer to a preflight, in seconds. Firefox keeps it for up to a day. */
const PREFLIGHT_SECONDS = 7200;

/** A header's name (RFC 9110, 5.6.2). */
const NAMES = /^[!#$%&'*+.^`|~\w-]+(?:\s*,\s*[!#$%&'*+.^`|~\w-]+)*$/u;

/** The headers that a page may read besides those that every page may: ours, and Amazon's. */
const READABLE = /^x-(?:amzn|cria)-/iu;

/**
 * The headers that let a page read an answer. There are no cookies here, so `Access-Control-Allow-Credentials` isn't among them.
 *
 * @param origin - of the page; undefined for a caller that isn't one
 * @param headers - the answer's own
 */
export function corsHeaders(origin: string | undefined, headers: readonly Header[]): readonly Header[] {
  // a cache must not give the answer for one origin to another
  const vary = ["Vary", "Origin"] as const;
  if (origin === undefined) return [vary];
  const readable = headers.map(([name]) => name).filter((name) => READABLE.test(name));
  return [
    ["Access-Control-Allow-Origin", origin],
    ...(readable.length > 0 ? [["Access-Control-Expose-Headers", readable.join(", ")] as const] : []),
    vary,
  ];
}

/** What a preflight asks: whether a page may send a request with this method and these headers. */
export interface Preflight {
  header(name: string): string | undefined;
}

/** Whether a request is a browser's preflight. */
export function isPreflight(request: Preflight & { readonly method: string }): boolean {
  return request.method === "OPTIONS" && request.header("access-control-request-method") !== undefined;
}

/** The headers that answer a preflight of a page that may call. */
export function preflightHeaders(request: Preflight): readonly Header[] {
  const asked = request.header("access-control-request-headers");
  const isPrivate = request.header("access-control-request-private-network") === "true";
  return [
    ["Access-Control-Allow-Methods", "GET, POST"],
    // an SDK's headers differ from version to version, and none of them does harm
    ...(asked !== undefined && NAMES.test(asked) ? [["Access-Control-Allow-Headers", asked] as const] : []),
    ...(isPrivate ? [["Access-Control-Allow-Private-Network", "true"] as const] : []),
    ["Access-Control-Max-Age", String(PREFLIGHT_SECONDS)],
  ];
}
