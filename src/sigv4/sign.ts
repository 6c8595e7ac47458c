import { canonicalRequest, splitTarget } from "./canonical-request.js";
import {
  ALGORITHM,
  computeSignature,
  type CredentialScope,
  formatTimestamp,
  scopeText,
  SERVICE,
  sha256,
} from "./signature.js";

/** A request's header, its name in any case. */
export type Header = readonly [name: string, value: string];

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: string;
  /** Path and query as they will be sent, percent-encoded. The parameters of a presigned URL must be gone. */
  readonly path: string;
  /** Must hold `host`: AWS refuses a signature that doesn't cover it. A header that is sent twice is listed twice. */
  readonly headers: readonly Header[];
  readonly body: string | Uint8Array;
}

/** What a caller signs with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** @default none, as for a long-term key */
  readonly sessionToken?: string | undefined;
}

/** How {@link signRequest} signs. */
export interface SignOptions {
  readonly credentials: Credentials;
  /** Such as `us-east-1`. */
  readonly region: string;
  /** The time of the signature, in ms since 1970. @default Date.now() */
  readonly now?: number | undefined;
}

/** Headers that belong to a signature. Those of an earlier one are replaced; `Date` goes, as `X-Amz-Date` takes its place. */
const SIGNATURE_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "date",
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-security-token",
]);

/** Headers that proxies and HTTP clients add or change. The AWS SDK for JavaScript leaves out the same ones. */
const UNSIGNED_HEADERS: ReadonlySet<string> = new Set([
  "cache-control",
  "connection",
  "expect",
  "from",
  "keep-alive",
  "max-forwards",
  "pragma",
  "referer",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "x-amzn-trace-id",
]);
const UNSIGNED_PREFIX = /^(?:proxy|sec)-/u;

/**
 * Signs a request to Bedrock with AWS Signature Version 4, in the `Authorization` header.
 *
 * The signature is the one of `@smithy/signature-v4`: it covers the body and every header but those that change on the way.
 *
 * @returns all headers to send: those given, without an earlier signature, and the new signature
 */
export function signRequest(
  request: UnsignedRequest,
  { credentials, region, now = Date.now() }: SignOptions,
): readonly Header[] {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const timestamp = formatTimestamp(now);
  const payloadHash = sha256(request.body).toString("hex");
  const headers: readonly Header[] = [
    ...request.headers.filter(([name]) => !SIGNATURE_HEADERS.has(name.toLowerCase())),
    ["x-amz-date", timestamp],
    ...(sessionToken === undefined ? [] : [["x-amz-security-token", sessionToken] as const]),
    ["x-amz-content-sha256", payloadHash],
  ];
  const signed = signedHeaders(headers);
  const scope: CredentialScope = { date: timestamp.slice(0, 8), region, service: SERVICE };
  const canonical = canonicalRequest({
    method: request.method,
    ...splitTarget(request.path),
    headers: signed,
    payloadHash,
  });
  const authorization = [
    `${ALGORITHM} Credential=${accessKeyId}/${scopeText(scope)}`,
    `SignedHeaders=${signed.map(([name]) => name).join(";")}`,
    `Signature=${computeSignature(secretAccessKey, scope, timestamp, canonical)}`,
  ].join(", ");
  return [...headers, ["authorization", authorization]];
}

/** The headers to sign with all their values, sorted by name. */
function signedHeaders(headers: readonly Header[]): (readonly [name: string, values: readonly string[]])[] {
  const values = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (UNSIGNED_HEADERS.has(key) || UNSIGNED_PREFIX.test(key)) continue;
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return [...values].sort(([one], [other]) => (one < other ? -1 : 1));
}
