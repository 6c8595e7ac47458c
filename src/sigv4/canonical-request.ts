/** What of a request is signed. */
export interface CanonicalRequestParts {
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
export function canonicalRequest({
  method,
  path,
  query,
  headers,
  payloadHash,
}: CanonicalRequestParts): string {
  return [
    method,
    canonicalPath(path),
    canonicalQuery(query),
    ...headers.map(([name, values]) => `${name}:${values.map(trimAll).join(",")}`),
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
function trimAll(value: string): string {
  return value.replaceAll(/[ \t\r\n]+/gu, " ").replaceAll(/^ | $/gu, "");
}

/** A name and its value, both decoded. */
export type QueryParameter = readonly [name: string, value: string];

/** Where a request goes, taken apart. */
export interface RequestTarget {
  /** As sent, percent-encoded. */
  readonly path: string;
  /** In the order sent. */
  readonly query: readonly QueryParameter[];
}

/** @param target - path and query as sent */
export function splitTarget(target: string): RequestTarget {
  const at = target.indexOf("?");
  if (at < 0) return { path: target, query: [] };
  const parameters = target
    .slice(at + 1)
    .split("&")
    .filter((text) => text !== "");
  return { path: target.slice(0, at), query: parameters.map(readParameter) };
}

function readParameter(text: string): QueryParameter {
  const at = text.indexOf("=");
  if (at < 0) return [uriDecode(text), ""];
  return [uriDecode(text.slice(0, at)), uriDecode(text.slice(at + 1))];
}

/** What comes off the wire is bytes, one a character; text from elsewhere becomes the bytes that it would be sent as. */
function toByteString(text: string): string {
  return /^[\x00-\xff]*$/u.test(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** The bytes of a text that came off the wire. */
export function toBytes(text: string): Buffer {
  return Buffer.from(toByteString(text), "latin1");
}

/** Percent-encodes each byte but the unreserved (RFC 3986, 2.3), in capitals: the only form that a signature knows. */
export function uriEncode(text: string): string {
  return toByteString(text).replaceAll(
    /[^A-Za-z0-9\-._~]/gu,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** Undoes {@link uriEncode}, to one character a byte. What is no escape stays as it is; a plus is a plus. */
export function uriDecode(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/giu, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
