import { createHash, createHmac } from "node:crypto";

import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";

import type { Credentials, SignedRequest } from "../../src/sigv4/index.js";

/** The default time of signatures, in ms since 1970. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

export const KEY = { accessKeyId: "CRIATESTTESTTESTTEST", secretAccessKey: "a/secret+with/signs" };
export const SESSION_KEY = {
  accessKeyId: "CRIASESSIONSESSION22",
  secretAccessKey: "another+secret",
  sessionToken: "a/session+token==",
};

/** A request as it is on the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** A request, as `identifySigner` takes it. */
export function signedRequest({ method, target, headers, body }: WireRequest): SignedRequest {
  const headerValues = (wanted: string) =>
    headers.flatMap(([name, value]) => (name === wanted ? [value] : []));
  return {
    method,
    path: target,
    headerValues,
    header: (name) => (headerValues(name).length > 0 ? headerValues(name).join(", ") : undefined),
    bodySha256: () => Promise.resolve(createHash("sha256").update(body).digest("hex")),
  };
}

/** How to sign a request. */
export interface SigningOptions {
  readonly key?: Credentials;
  readonly region?: string;
  readonly service?: string;
  /** In ms since 1970. @default NOW */
  readonly at?: number;
  /** Sign in the query, valid for this many seconds. @default sign in the header */
  readonly expiresIn?: number;
}

/** A request before it is signed. */
export interface PlainRequest {
  readonly method: string;
  /** Percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const HOST = "cria.example:2742";

/** Signs with the library of the AWS SDK for JavaScript. */
export async function signedBySdk(plain: PlainRequest, options: SigningOptions = {}): Promise<WireRequest> {
  const { key = KEY, region = "us-east-1", service = "bedrock", at = NOW, expiresIn } = options;
  const { method, path, query = {}, headers = {}, body = "" } = plain;
  const { accessKeyId, secretAccessKey, sessionToken }: Credentials = key;
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    region,
    service,
    sha256: Sha256,
  });
  const [hostname = "", port] = HOST.split(":");
  const request = {
    method,
    protocol: "http:",
    hostname,
    port: Number(port),
    path,
    query: { ...query },
    headers: { ...(!Object.hasOwn(headers, ":authority") && { host: HOST }), ...headers },
    body,
  };
  const signingDate = new Date(at);
  const signed =
    expiresIn === undefined
      ? await signer.sign(request, { signingDate })
      : await signer.presign(request, { signingDate, expiresIn });
  const parameters = Object.entries(signed.query ?? {}) as [string, string][];
  return {
    method,
    target: targetOf(path, parameters),
    headers: Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]),
    body,
  };
}

/** A path with its query, encoded like an SDK's. */
export function targetOf(path: string, parameters: readonly (readonly [string, string])[]): string {
  const query = parameters
    .map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`)
    .join("&");
  return query === "" ? path : `${path}?${query}`;
}

export function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/gu,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The hash for the SDK's signer. */
class Sha256 {
  #hash: ReturnType<typeof createHash | typeof createHmac>;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = typeof secret === "string" || secret === undefined ? secret : bytesOf(secret);
    this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === "string" ? data : bytesOf(data));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {
    this.#hash = createHash("sha256");
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** Any text, but for lone surrogates, which can't be encoded. */
const text = fc.string({ unit: "grapheme", maxLength: 8 }).filter((value) => !/\p{Surrogate}/u.test(value));

/** A path segment: any text, dots, nothing. */
const segment = fc.oneof(
  { weight: 4, arbitrary: text.map(encodeStrictly) },
  fc.constantFrom(".", "..", "", "a:b", "%7e"),
);

/** Any request. Its path doesn't end in dots: libraries disagree on the slash behind them. */
export const anyRequest: fc.Arbitrary<PlainRequest> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE"),
  path: fc
    .tuple(fc.array(segment, { maxLength: 5 }), fc.constantFrom("", "end", "a%3Ab"))
    .map(([segments, last]) => `/${[...segments, last].join("/")}`),
  query: fc.dictionary(text, text, { maxKeys: 4 }),
  headers: fc.dictionary(fc.stringMatching(/^x-test-[a-z]{1,6}$/), fc.stringMatching(/^[\x20-\x7e]{0,20}$/), {
    maxKeys: 4,
  }),
  body: fc.string({ unit: "grapheme" }),
});
