import type { QueryParameter } from "./request-target.js";
import { uriEncode } from "./uri-encoding.js";

/** What of a request is signed. */
export interface SignedParts {
  readonly method: string;
  /** As sent, percent-encoded. */
  readonly path: string;
  /** Without the signature itself. */
  readonly query: readonly QueryParameter[];
  /** In lower case, sorted, with the values that were sent. */
  readonly headers: readonly (readonly [name: string, values: readonly string[]])[];
  /** SHA-256 of the body, in hexadecimal. */
  readonly payloadHash: string;
}

/** The text whose hash is signed (user guide of IAM, "Create a signed AWS API request"). */
export function canonicalRequest({ method, path, query, headers, payloadHash }: SignedParts): string {
  return [
    method,
    canonicalPath(path),
    canonicalQuery(query),
    ...headers.map(([name, values]) => `${name}:${values.map(canonicalValue).join(",")}`),
    "",
    headers.map(([name]) => name).join(";"),
    payloadHash,
  ].join("\n");
}

/**
 * The path as it was sent, with dots and repeated slashes resolved and each segment encoded once more, as all services but S3
 * have it: a `%3A` becomes `%253A`, a bare `:` becomes `%3A`. Users report that Bedrock refuses what was signed with the path as it
 * is, which old versions of curl do.
 */
export function canonicalPath(path: string): string {
  const segments = path.split("/");
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  // RFC 3986, 5.2.4: what ends in a dot segment is a folder
  const isFolder = ["", ".", ".."].includes(segments.at(-1) ?? "") && kept.length > 0;
  return `/${kept.map(uriEncode).join("/")}${isFolder ? "/" : ""}`;
}

/** Sorted by name, then by value, both as encoded. */
function canonicalQuery(query: readonly QueryParameter[]): string {
  const encoded = query.map(([name, value]) => [uriEncode(name), uriEncode(value)] as const);
  const sorted = encoded.sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  return sorted.map(([name, value]) => `${name}=${value}`).join("&");
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Without space around it, and with single spaces in it. Only ASCII's: other bytes may be a part of a character. */
function canonicalValue(value: string): string {
  return value.replaceAll(/[ \t\r\n]+/gu, " ").replaceAll(/^ | $/gu, "");
}
