import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { NOW, SESSION_KEY, signedBySdk, type WireRequest } from "../../sigv4/support.js";
import { sendHttp1 } from "../support/http.js";
import { INVOKE } from "../support/start.js";
import { startGuardedServer } from "./guarded-server.js";
import { keysOf, refusalOf } from "./support.js";

/** Makes a request wrong. */
type Change = (request: WireRequest) => WireRequest;

function inAuthorization(pattern: RegExp, replacement: string): Change {
  return ({ headers, ...rest }) => ({
    ...rest,
    headers: headers.map(([name, value]) => [
      name,
      name === "authorization" ? value.replace(pattern, replacement) : value,
    ]),
  });
}

function withHeader(name: string, value: string): Change {
  return ({ headers, ...rest }) => ({
    ...rest,
    headers: [...headers.filter(([other]) => other !== name), [name, value]],
  });
}

/** Each makes a valid request wrong in one way, in the order of the checks; with the beginning of the message. */
const mistakes: readonly (readonly [name: string, change: Change, message: string])[] = [
  [
    "two proofs",
    ({ target, ...rest }) => ({ ...rest, target: `${target}?X-Amz-Algorithm=AWS4-HMAC-SHA256` }),
    "Found both",
  ],
  ["a word without an equal-sign", inAuthorization(/$/u, ", word"), "Invalid key=value pair"],
  ["no signature", inAuthorization(/Signature=/u, "Signed="), "Authorization header requires 'Signature'"],
  [
    "no date",
    withHeader("x-amz-date", ""),
    "Authorization header requires existence of either a 'X-Amz-Date'",
  ],
  ["a date in another format", withHeader("x-amz-date", "yesterday"), "Date must be in ISO-8601"],
  ["an old date", withHeader("x-amz-date", "20251231T000000Z"), "Signature expired"],
  ["no host", inAuthorization(/host;/u, ""), "'Host' or ':authority' must be a 'SignedHeader'"],
  ["another algorithm", inAuthorization(/^AWS4-HMAC-SHA256/u, "AWS4-X"), "Unsupported AWS 'algorithm'"],
  ["a short credential", inAuthorization(/\/aws4_request/u, ""), "Credential must have exactly 5"],
  [
    "an empty region",
    inAuthorization(/\/us-east-1\//u, "//"),
    "Credential should be scoped to a valid region",
  ],
  [
    "another service",
    inAuthorization(/\/bedrock\//u, "/s3/"),
    "Credential should be scoped to correct service",
  ],
  [
    "an unknown key",
    inAuthorization(/CRIASESSION/u, "CRIANOBODYS"),
    "The security token included in the request is invalid.",
  ],
  [
    "another token",
    withHeader("x-amz-security-token", "other"),
    "The security token included in the request is invalid.",
  ],
];

const keys = keysOf(SESSION_KEY);
const expired = keysOf({ ...SESSION_KEY, expiresAt: new Date(NOW).toISOString() });
const valid = () => signedBySdk({ method: "POST", path: INVOKE, body: "{}" }, { key: SESSION_KEY });
const wrongSignature = inAuthorization(/Signature=[0-9a-f]+/u, "Signature=0");

/** Mistakes that exclude each other: a missing date has no format. */
const exclusive: readonly string[] = ["no date", "a date in another format", "an old date"];

const pairs = mistakes.flatMap(([first, change, expected], i) =>
  mistakes
    .slice(i + 1)
    .filter(([second]) => !(exclusive.includes(first) && exclusive.includes(second)))
    .map(([second, other]) => [first, second, change, other, expected] as const),
);

describe("with two mistakes in a signature, the earlier check decides", () => {
  it.each(pairs)("%s, and %s", async (_, __, change, other, expected) => {
    const { message } = await refusalOf(change(other(await valid())), keys);
    // missing parameters share one message, and so do mistakes in a credential's scope
    expect(message).toContain(expected);
    const shared = expected.includes("requires") || expected.includes("scoped");
    if (!shared) expect(message.startsWith(expected)).toBe(true);
  });
});

describe("the last checks", () => {
  it.each(mistakes)("come after the check for %s: the key's expiry", async (_, change, expected) => {
    expect((await refusalOf(change(await valid()), expired)).message).toContain(expected);
  });

  it("are the key's expiry and then the signature", async () => {
    const { type } = await refusalOf(wrongSignature(await valid()), expired);
    expect(type).toBe("ExpiredTokenException");
    expect((await refusalOf(wrongSignature(await valid()), keys)).type).toBe("InvalidSignatureException");
  });
});

it("checks nothing else if there is an API key", async () => {
  const hashed = keysOf({ ...SESSION_KEY, apiKeySha256: createHash("sha256").update("a-key").digest("hex") });
  const { url } = await startGuardedServer(hashed, { now: () => NOW });
  const headers = {
    authorization: "Bearer a-key",
    "x-amz-date": "yesterday",
    "x-amz-security-token": "other",
  };
  const { status } = await sendHttp1(url, INVOKE, { headers, body: '{"prompt":"Hi"}' });
  expect(status).toBe(200);
});

describe("the checks of a request", () => {
  const start = (bodyBytes?: number) =>
    startGuardedServer(keys, { now: () => NOW, ...(bodyBytes !== undefined && { bodyBytes }) });

  it("begin with the route, before credentials", async () => {
    const { url } = await start();
    expect((await sendHttp1(url, "/model/x/do-something")).status).toBe(404);
  });

  it("require no credentials for /health", async () => {
    const { url } = await start();
    expect((await sendHttp1(url, "/health", { method: "GET" })).status).toBe(200);
  });

  it.each([
    ["model id", "/model/nothing/invoke", "{}"],
    ["content", INVOKE, "{"],
  ])("have credentials before the %s", async (_, path, body) => {
    const { url } = await start();
    expect((await sendHttp1(url, path, { body })).body.toString()).toBe(
      '{"Message":"Authorization header is missing"}',
    );
  });

  it.each([
    ["key before the body's length", { accessKeyId: "CRIANOBODYNOBODY2222" }, 403, "security token included"],
    ["body's length before the signature", { secretAccessKey: "other" }, 400, "Value at 'body' failed"],
  ])("have the %s", async (_, wrong, expected, message) => {
    const { url } = await start(10);
    const { headers, target, body } = await signedBySdk(
      { method: "POST", path: INVOKE, body: "longer than 10 bytes" },
      { key: { ...SESSION_KEY, ...wrong } },
    );
    const { status, body: response } = await sendHttp1(url, target, {
      headers: Object.fromEntries(headers),
      body,
    });
    expect(status).toBe(expected);
    expect(response.toString()).toContain(message);
  });
});
