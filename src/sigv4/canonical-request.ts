/** The parts of a request that a signature covers. */
export interface CanonicalRequestParts {
  readonly method: string;
  /** As sent, percent-encoded. */
  readonly path: string;
  /** Without the signature. */
  readonly query: readonly QueryParameter[];
  /** Names in lower case, sorted; values as sent. */
  readonly headers: readonly (readonly [name: string, values: readonly string[]])[];
  /** SHA-256 of the body, in hexadecimal. */
  readonly payloadHash: string;
}

/** Builds the text whose hash is signed (IAM user guide, "Create a signed AWS API request"). */
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
 * Resolves dot segments and repeated slashes, and percent-encodes each segment once more, as every service but S3 does: `%3A`
 * becomes `%253A`, and a bare `:` becomes `%3A`. Old versions of curl sign the path as it is; users report that Bedrock refuses
 * that.
 */
export function canonicalPath(path: string): string {
  const segments = path.split("/");
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  // RFC 3986, 5.2.4: a path that ends in a dot segment ends in a slash
  const endsInSlash = ["", ".", ".."].includes(segments.at(-1) ?? "") && kept.length > 0;
  return `/${kept.map(uriEncode).join("/")}${endsInSlash ? "/" : ""}`;
}

/** Encodes the parameters, then sorts them by name and value. */
function canonicalQuery(query: readonly QueryParameter[]): string {
  const encoded = query.map(([name, value]) => [uriEncode(name), uriEncode(value)] as const);
  const sorted = encoded.sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  return sorted.map(([name, value]) => `${name}=${value}`).join("&");
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Trims white space and collapses it to single spaces. ASCII only: other bytes may be part of a UTF-8 character. */
function trimAll(value: string): string {
  return value.replaceAll(/[ \t\r\n]+/gu, " ").replaceAll(/^ | $/gu, "");
}

/** A name and a value, both decoded. */
export type QueryParameter = readonly [name: string, value: string];

/** A request's path and query. */
export interface RequestTarget {
  /** As sent, percent-encoded. */
  readonly path: string;
  /** In the order sent. */
  readonly query: readonly QueryParameter[];
}

/** Splits a request target. @param target - path and query as sent */
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

/** Text off the wire has one character per byte and stays; other text becomes its UTF-8 bytes, one character per byte. */
function toByteString(text: string): string {
  return /^[\x00-\xff]*$/u.test(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** The bytes of a text, as {@link toByteString} has them. */
export function toBytes(text: string): Buffer {
  return Buffer.from(toByteString(text), "latin1");
}

/** Percent-encodes every byte but the unreserved ones (RFC 3986, 2.3), with digits in upper case, as signatures require. */
function uriEncode(text: string): string {
  return toByteString(text).replaceAll(
    /[^A-Za-z0-9\-._~]/gu,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** Undoes {@link uriEncode}, to one character per byte. Everything that is no escape stays, `+` too. */
function uriDecode(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/giu, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
