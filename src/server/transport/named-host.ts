/** A host and, where it has one, its port, as in a `Host` header: a name, an IPv4 address, or an IPv6 address in brackets. */
const HOST = /^(?:\[(?<ipv6>[0-9a-f:.]+(?:%[\w.~%-]+)?)\]|(?<name>[\w.-]+))(?::\d{0,5})?$/iu;

/** An absolute target, as a client writes it to a proxy (RFC 9112, 3.2.2): its authority, and its path with the query. */
const ABSOLUTE = /^https?:\/\/(?<authority>[^/?#]*)(?<path>[^#]*)/iu;

/** A request's target, and the authority in it. */
export interface Target {
  /** Path and query, percent-encoded. */
  readonly path: string;
  /** Host and port; undefined if the target is a path alone. */
  readonly authority: string | undefined;
}

/** Splits a target into authority and path. */
export function splitAbsoluteTarget(target: string): Target {
  const { authority, path = "" } = ABSOLUTE.exec(target)?.groups ?? {};
  if (authority === undefined) return { path: target, authority };
  return { path: path.startsWith("/") ? path : `/${path}`, authority };
}

/**
 * The one host that a request names, in lower case, without its port, the brackets of an IPv6 address and a final dot.
 *
 * @param given - each host, with or without a port, that the request gives: in headers, and in its target
 * @returns undefined if there is none, if two differ, or if one isn't a host
 */
export function namedHost(given: readonly string[]): string | undefined {
  const [first, ...others] = given.map((one) => one.trim().toLowerCase());
  if (first === undefined || others.some((other) => other !== first)) return undefined;
  const { ipv6, name } = HOST.exec(first)?.groups ?? {};
  return ipv6 ?? name?.replace(/\.$/u, "");
}
