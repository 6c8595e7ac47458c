import { createHash } from "node:crypto";

import {
  KEY,
  NOW,
  SESSION_KEY,
  signedBySdk,
  type SigningOptions,
  type WireRequest,
} from "../../sigv4/support.js";
import { INVOKE } from "../support/start.js";
import { keysOf } from "./support.js";

const BODY = JSON.stringify({ prompt: "<s>[INST] Hi [/INST]" });
export const API_KEY = "an-api-key";
const EXPIRED_API_KEY = "an-expired-api-key";
export const EXPIRED = {
  ...SESSION_KEY,
  accessKeyId: "CRIAEXPIREDEXPIRED22",
  expiresAt: new Date(NOW - 1).toISOString(),
};

const hash = (apiKey: string) => createHash("sha256").update(apiKey).digest("hex");
export const keys = keysOf({ ...KEY, apiKeySha256: hash(API_KEY) }, SESSION_KEY, {
  ...EXPIRED,
  apiKeySha256: hash(EXPIRED_API_KEY),
});

const MISMATCH =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

export const signed = (options: SigningOptions = {}) =>
  signedBySdk({ method: "POST", path: INVOKE, body: BODY }, options);

/** A valid request, but for one header or query parameter. */
async function edited(
  name: string,
  edit: (value: string) => string,
  options: SigningOptions = {},
): Promise<WireRequest> {
  const { headers, target, ...rest } = await signed(options);
  return {
    ...rest,
    target: target.replace(new RegExp(`(?<=[?&]${name}=)[^&]*`, "u"), edit),
    headers: headers.map(([key, value]) => [key, key === name ? edit(value) : value]),
  };
}

async function without(...names: readonly string[]): Promise<WireRequest> {
  const { headers, ...rest } = await signed();
  return { ...rest, headers: headers.filter(([name]) => !names.includes(name)) };
}

export const authorized = (authorization?: string): WireRequest => ({
  method: "POST",
  target: INVOKE,
  headers: authorization === undefined ? [] : [["authorization", authorization]],
  body: BODY,
});

export const inQuery = { expiresIn: 900 };

export interface Refusal {
  readonly status: number;
  readonly type: string;
  /** In JSON, with a capital letter where AWS has one. */
  readonly body: { readonly message: string } | { readonly Message: string };
}

const refusal = (status: number, type: string, message: string): Refusal => ({
  status,
  type,
  body: { message },
});
const accessDenied = (Message: string): Refusal => ({
  status: 403,
  type: "AccessDeniedException",
  body: { Message },
});
const invalid = (message: string) => refusal(403, "InvalidSignatureException", message);
const incomplete = (message: string) => refusal(400, "IncompleteSignatureException", message);
const hashed = (authorization: string) => createHash("sha256").update(authorization).digest("base64");

const BAD_KEY = accessDenied("Authentication failed: Please make sure your API Key is valid.");
const UNKNOWN = refusal(
  403,
  "UnrecognizedClientException",
  "The security token included in the request is invalid.",
);

/** Requests that are refused, with the refusal. */
export const cases: readonly (readonly [
  name: string,
  request: () => WireRequest | Promise<WireRequest>,
  refusal: Refusal,
])[] = [
  ["no credentials", () => authorized(), accessDenied("Authorization header is missing")],
  ["an empty Authorization header", () => authorized(""), accessDenied("Authorization header is missing")],
  ["an unknown API key", () => authorized("Bearer nothing"), BAD_KEY],
  ["a scheme without an API key", () => authorized("Bearer"), BAD_KEY],
  ["an API key that has expired", () => authorized(`Bearer ${EXPIRED_API_KEY}`), BAD_KEY],
  [
    "a word without an equals sign",
    () => authorized("AWS4-HMAC-SHA256 Credential= a/b, Signature=c"),
    incomplete(
      `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hashed("AWS4-HMAC-SHA256 Credential= a/b, Signature=c")}'.`,
    ),
  ],
  [
    "another scheme",
    () => authorized("Basic dXNlcjpwYXNzd29yZA=="),
    incomplete(
      `Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization=${hashed("Basic dXNlcjpwYXNzd29yZA==")}`,
    ),
  ],
  [
    "a query with half of a signature",
    () => ({
      ...authorized(),
      target: `${INVOKE}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260102T030405Z`,
    }),
    incomplete(
      "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. Re-examine the query-string parameters.",
    ),
  ],
  [
    "a signature in header and query",
    async () => ({ ...(await signed()), target: `${INVOKE}?X-Amz-Algorithm=AWS4-HMAC-SHA256` }),
    invalid("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."),
  ],
  [
    "a date in another format",
    () => edited("x-amz-date", () => "Fri, 02 Jan 2026 03:04:05 GMT"),
    incomplete(
      "Date must be in ISO-8601 'basic format'. Got 'Fri, 02 Jan 2026 03:04:05 GMT'. See http://en.wikipedia.org/wiki/ISO_8601",
    ),
  ],
  [
    "a signature of more than 5 min ago",
    () => signed({ at: NOW - 301_000 }),
    invalid(
      "Signature expired: 20260102T025904Z is now earlier than 20260102T025905Z (20260102T030405Z - 5 min.)",
    ),
  ],
  [
    "a signature dated more than 5 min ahead",
    () => signed({ at: NOW + 301_000 }),
    invalid(
      "Signature not yet current: 20260102T030906Z is still later than 20260102T030905Z (20260102T030405Z + 5 min.)",
    ),
  ],
  [
    "an expired presigned URL",
    () => signed({ at: NOW - 901_000, ...inQuery }),
    invalid(
      "Signature expired: 20260102T024904Z is now earlier than 20260102T024905Z (20260102T030405Z - 15 min.)",
    ),
  ],
  [
    "an expired presigned URL, valid for no whole number of minutes",
    () => signed({ at: NOW - 91_000, expiresIn: 90 }),
    invalid(
      "Signature expired: 20260102T030234Z is now earlier than 20260102T030235Z (20260102T030405Z - 90 sec.)",
    ),
  ],
  [
    "a presigned URL that is valid for longer than a week",
    () => edited("X-Amz-Expires", () => "604801", inQuery),
    incomplete("X-Amz-Expires must be less than a week (in seconds) that is 604800"),
  ],
  [
    "a presigned URL with a negative validity",
    () => edited("X-Amz-Expires", () => "-1", inQuery),
    incomplete("X-Amz-Expires should be a number"),
  ],
  [
    "a signature that doesn't cover the host",
    () =>
      edited("authorization", (value) => value.replace(/SignedHeaders=[^,]*/u, "SignedHeaders=x-amz-date")),
    invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."),
  ],
  [
    "another algorithm",
    () => edited("authorization", (value) => value.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")),
    incomplete("Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now). "),
  ],
  [
    "a credential in four parts",
    () =>
      edited("authorization", (value) =>
        value.replace(/Credential=[^,]*/u, "Credential=a/20260102/b/bedrock"),
      ),
    incomplete(
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/20260102/b/bedrock'",
    ),
  ],
  [
    "a credential in six parts",
    () => edited("authorization", (value) => value.replace("/aws4_request", "/aws4_request/more")),
    incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${KEY.accessKeyId}/20260102/us-east-1/bedrock/aws4_request/more'`,
    ),
  ],
  [
    "a credential for another service",
    () => signed({ service: "bedrock-runtime" }),
    invalid("Credential should be scoped to correct service: 'bedrock'. "),
  ],
  [
    "a credential in which everything is wrong",
    () => edited("authorization", (value) => value.replace(/Credential=[^,]*/u, "Credential=a/b//d/e")),
    invalid(
      "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'bedrock'. Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: 'b' != '20260102', from '20260102T030405Z'.",
    ),
  ],
  ["an unknown access key", () => signed({ key: { ...KEY, accessKeyId: "CRIANOBODYNOBODY2222" } }), UNKNOWN],
  [
    "a session's key without its token",
    () => signed({ key: { ...KEY, ...SESSION_KEY, sessionToken: "" } }),
    UNKNOWN,
  ],
  [
    "a session's key with another token",
    () => signed({ key: { ...SESSION_KEY, sessionToken: "other" } }),
    UNKNOWN,
  ],
  ["a long-term key with a token", () => signed({ key: { ...KEY, sessionToken: "other" } }), UNKNOWN],
  [
    "an expired key",
    () => signed({ key: EXPIRED }),
    refusal(403, "ExpiredTokenException", "The security token included in the request is expired"),
  ],
  [
    "a signature with another secret",
    () => signed({ key: { ...KEY, secretAccessKey: "other" } }),
    invalid(MISMATCH),
  ],
  [
    "a presigned URL with another secret",
    () => signed({ key: { ...KEY, secretAccessKey: "other" }, ...inQuery }),
    invalid(MISMATCH),
  ],
  [
    "a signature that is no hash",
    () => edited("authorization", (value) => value.replace(/[0-9a-f]{64}$/u, "x")),
    invalid(MISMATCH),
  ],
  ["an unsigned payload", () => edited("x-amz-content-sha256", () => "UNSIGNED-PAYLOAD"), invalid(MISMATCH)],
  [
    "a wrong x-amz-content-sha256 that the signature doesn't cover",
    async () => {
      const { headers, ...rest } = await signed(inQuery);
      return { ...rest, headers: [...headers, ["x-amz-content-sha256", "UNSIGNED-PAYLOAD"]] };
    },
    invalid(MISMATCH),
  ],
  ["a signed header that is missing", () => without("x-amz-content-sha256"), invalid(MISMATCH)],
  [
    "signed headers named like properties of every object",
    () => edited("authorization", (value) => value.replace("=host;", "=__proto__;constructor;host;")),
    invalid(MISMATCH),
  ],
];
