/** What callers are told who may not call: over the wire, to the byte. */
import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { protocols, type WholeResponse } from "../support/http.js";
import { readRecording } from "../support/recording.js";
import { INVOKE } from "../support/start.js";
import { startGuardedServer } from "./guarded-server.js";
import {
  HOST,
  KEY,
  keysOf,
  NOW,
  SESSION_KEY,
  signedBySdk,
  type SigningOptions,
  type WireRequest,
} from "./support.js";

const BODY = JSON.stringify({ prompt: "<s>[INST] Hi [/INST]" });
const API_KEY = "an-api-key";
const EXPIRED_API_KEY = "an-expired-api-key";
const EXPIRED = {
  ...SESSION_KEY,
  accessKeyId: "CRIAEXPIREDEXPIRED22",
  expiresAt: new Date(NOW - 1).toISOString(),
};

const hash = (apiKey: string) => createHash("sha256").update(apiKey).digest("hex");
const keys = keysOf({ ...KEY, apiKeySha256: hash(API_KEY) }, SESSION_KEY, {
  ...EXPIRED,
  apiKeySha256: hash(EXPIRED_API_KEY),
});

const MISMATCH =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

const signed = (options: SigningOptions = {}) =>
  signedBySdk({ method: "POST", path: INVOKE, body: BODY }, options);

/** A request that is right, but for one header or parameter of the query. */
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

const authorized = (authorization?: string): WireRequest => ({
  method: "POST",
  target: INVOKE,
  headers: authorization === undefined ? [] : [["authorization", authorization]],
  body: BODY,
});

const inQuery = { expiresIn: 900 };

interface Refusal {
  readonly status: number;
  readonly type: string;
  /** Of the body; a capital letter where AWS has it. */
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

const cases: readonly (readonly [
  name: string,
  request: () => WireRequest | Promise<WireRequest>,
  refusal: Refusal,
])[] = [
  ["nothing", () => authorized(), accessDenied("Authorization header is missing")],
  ["an empty header", () => authorized(""), accessDenied("Authorization header is missing")],
  ["an API key that there isn't", () => authorized("Bearer nothing"), BAD_KEY],
  ["no API key after its scheme", () => authorized("Bearer"), BAD_KEY],
  ["an API key that has expired", () => authorized(`Bearer ${EXPIRED_API_KEY}`), BAD_KEY],
  [
    "a word without an equal-sign",
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
    "half of a signed query",
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
    "a time in another format",
    () => edited("x-amz-date", () => "Fri, 02 Jan 2026 03:04:05 GMT"),
    incomplete(
      "Date must be in ISO-8601 'basic format'. Got 'Fri, 02 Jan 2026 03:04:05 GMT'. See http://en.wikipedia.org/wiki/ISO_8601",
    ),
  ],
  [
    "a time of more than 5 min ago",
    () => signed({ at: NOW - 301_000 }),
    invalid(
      "Signature expired: 20260102T025904Z is now earlier than 20260102T025905Z (20260102T030405Z - 5 min.)",
    ),
  ],
  [
    "a time in more than 5 min",
    () => signed({ at: NOW + 301_000 }),
    invalid(
      "Signature not yet current: 20260102T030906Z is still later than 20260102T030905Z (20260102T030405Z + 5 min.)",
    ),
  ],
  [
    "a presigned URL whose time is over",
    () => signed({ at: NOW - 901_000, ...inQuery }),
    invalid(
      "Signature expired: 20260102T024904Z is now earlier than 20260102T024905Z (20260102T030405Z - 15 min.)",
    ),
  ],
  [
    "a presigned URL for an odd number of seconds that are over",
    () => signed({ at: NOW - 91_000, expiresIn: 90 }),
    invalid(
      "Signature expired: 20260102T030234Z is now earlier than 20260102T030235Z (20260102T030405Z - 90 sec.)",
    ),
  ],
  [
    "a presigned URL for longer than a week",
    () => edited("X-Amz-Expires", () => "604801", inQuery),
    incomplete("X-Amz-Expires must be less than a week (in seconds) that is 604800"),
  ],
  [
    "a presigned URL for an unknown time",
    () => edited("X-Amz-Expires", () => "-1", inQuery),
    incomplete("X-Amz-Expires should be a number"),
  ],
  [
    "a host that isn't signed",
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
  ["a key that there isn't", () => signed({ key: { ...KEY, accessKeyId: "CRIANOBODYNOBODY2222" } }), UNKNOWN],
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
  ["a token with a key that has none", () => signed({ key: { ...KEY, sessionToken: "other" } }), UNKNOWN],
  [
    "a key that has expired",
    () => signed({ key: EXPIRED }),
    refusal(403, "ExpiredTokenException", "The security token included in the request is expired"),
  ],
  ["another secret", () => signed({ key: { ...KEY, secretAccessKey: "other" } }), invalid(MISMATCH)],
  [
    "another secret, presigned",
    () => signed({ key: { ...KEY, secretAccessKey: "other" }, ...inQuery }),
    invalid(MISMATCH),
  ],
  [
    "a signature of nothing",
    () => edited("authorization", (value) => value.replace(/[0-9a-f]{64}$/u, "x")),
    invalid(MISMATCH),
  ],
  [
    "a body that isn't signed",
    () => edited("x-amz-content-sha256", () => "UNSIGNED-PAYLOAD"),
    invalid(MISMATCH),
  ],
  ["a signed header that isn't there", () => without("x-amz-content-sha256"), invalid(MISMATCH)],
  [
    "names of headers that every object has",
    () => edited("authorization", (value) => value.replace("=host;", "=__proto__;constructor;host;")),
    invalid(MISMATCH),
  ],
];

/** What is there, in its order, but for what differs each time. */
function told({ status, headers, body }: WholeResponse) {
  const rest = headers.filter(([name]) => !name.startsWith(":"));
  const fixed = rest.map(([name, value]) =>
    /^(?:date|x-amzn-requestid)$/iu.test(name) ? [name] : [name, value],
  );
  return { status, headers: fixed, body: body.toString() };
}

function expected({ status, type, body }: Refusal, protocol: string) {
  const text = JSON.stringify(body);
  const headers = [
    ["Date"],
    ["Content-Type", "application/json"],
    ["Content-Length", String(text.length)],
    ...(protocol === "HTTP/2" ? [] : [["Connection", "keep-alive"]]),
    ["x-amzn-RequestId"],
    ["x-amzn-ErrorType", `${type}:http://internal.amazon.com/coral/com.amazon.coral.service/`],
  ] as const;
  const lower = ([name, ...value]: readonly string[]) => [(name ?? "").toLowerCase(), ...value];
  return { status, headers: protocol === "HTTP/2" ? headers.map(lower) : headers, body: text };
}

describe.each(protocols)("over %s", (protocol, send) => {
  const sendTo = (url: string, { method, target, headers, body }: WireRequest) => {
    const map = Object.fromEntries(headers);
    const { host, ...rest } = map;
    // on HTTP/2 the host goes by another name
    const own = protocol === "HTTP/2" ? { ":authority": host ?? HOST } : { host: host ?? HOST };
    return send(url, target, { method, headers: { ...rest, ...own }, body });
  };

  it.each([
    ["a signature", () => signed()],
    ["a signature with a session token", () => signed({ key: SESSION_KEY })],
    ["a presigned URL", () => signed(inQuery)],
    ["a presigned URL with a session token", () => signed({ key: SESSION_KEY, ...inQuery })],
    ["a signature of just 5 min ago", () => signed({ at: NOW - 300_000 })],
    ["a signature of just in 5 min", () => signed({ at: NOW + 300_000 })],
    ["a presigned URL just before its end", () => signed({ at: NOW - 900_000, ...inQuery })],
    ["any region", () => signed({ region: "eu-moon-7" })],
    ["an API key", () => authorized(`Bearer ${API_KEY}`)],
    ["an API key after a scheme in lower case", () => authorized(`bearer  ${API_KEY}`)],
  ])("%s is let in", async (_, request) => {
    const { url } = await startGuardedServer(keys, { now: () => NOW + 999 });
    const response = await sendTo(url, await request());
    expect(response.status, response.body.toString()).toBe(200);
    expect(JSON.parse(response.body.toString())).toMatchObject({ generation: "Hello" });
  });

  it.each(cases)("%s is refused", async (_, request, refused) => {
    const { url, lines } = await startGuardedServer(keys, { now: () => NOW });
    const response = await sendTo(url, await request());
    expect(told(response)).toEqual(expected(refused, protocol));
    expect(lines).toMatchObject([{ exception: refused.type, operation: "InvokeModel" }]);
  });
});

it("an expired token is refused as recorded", async () => {
  const recording = readRecording("llama2-13b-chat.expired-token");
  const { url } = await startGuardedServer(keys, { now: () => NOW });
  const { method, path, body } = recording.request;
  const request = await signedBySdk({ method, path, body }, { key: EXPIRED });
  const headers = Object.fromEntries(request.headers);
  const [, send] = protocols[0] ?? [];
  const response = await send?.(url, path, { method, headers, body });

  expect(response?.status).toBe(recording.response.status);
  expect(response?.body).toEqual(recording.response.body);
  // its recorder sorted the headers
  const fixed = (list: WholeResponse["headers"] = []) =>
    list
      .map(([name, value]) => (/^(?:date|x-amzn-requestid)$/iu.test(name) ? [name] : [name, value]))
      .sort(([a = ""], [b = ""]) => a.localeCompare(b));
  expect(fixed(response?.headers)).toEqual(fixed(recording.response.headers));
});
