import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { NOW, SESSION_KEY, signedBySdk, type WireRequest } from "../../sigv4/support.js";
import { sendHttp1 } from "../support/http.js";
import { INVOKE } from "../support/start.js";
import { startGuardedServer } from "./guarded-server.js";
import { keysOf, refusalOf } from "./support.js";

/** Two faults at once: the one that is looked for first is the one that is told. */
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

/** Each makes a right request wrong in one way; sorted by when that is looked for, each with the beginning of what is told. */
const faults: readonly (readonly [name: string, change: Change, told: string])[] = [
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
  ["another format of date", withHeader("x-amz-date", "yesterday"), "Date must be in ISO-8601"],
  ["an old date", withHeader("x-amz-date", "20251231T000000Z"), "Signature expired"],
  ["no host", inAuthorization(/host;/u, ""), "'Host' or ':authority' must be a 'SignedHeader'"],
  ["another algorithm", inAuthorization(/^AWS4-HMAC-SHA256/u, "AWS4-X"), "Unsupported AWS 'algorithm'"],
  ["a short credential", inAuthorization(/\/aws4_request/u, ""), "Credential must have exactly 5"],
  [
    "another region's nothing",
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
const right = () => signedBySdk({ method: "POST", path: INVOKE, body: "{}" }, { key: SESSION_KEY });
const wrongSignature = inAuthorization(/Signature=[0-9a-f]+/u, "Signature=0");

/** What can't be wrong at once: a date that isn't there has no format. */
const exclusive: readonly string[] = ["no date", "another format of date", "an old date"];

const pairs = faults.flatMap(([first, change, told], i) =>
  faults
    .slice(i + 1)
    .filter(([second]) => !(exclusive.includes(first) && exclusive.includes(second)))
    .map(([second, other]) => [first, second, change, other, told] as const),
);

describe("of two faults of a signature the earlier is told", () => {
  it.each(pairs)("%s, and %s", async (_, __, change, other, told) => {
    const { message } = await refusalOf(change(other(await right())), keys);
    // what is missing, and what is wrong in a credential's scope, is told together
    expect(message).toContain(told);
    if (!told.includes("requires") && !told.includes("scoped")) expect(message.startsWith(told)).toBe(true);
  });
});

describe("last comes", () => {
  it.each(faults)("after %s, that the key has expired", async (_, change, told) => {
    expect((await refusalOf(change(await right()), expired)).message).toContain(told);
  });

  it("after that, the signature", async () => {
    const { type } = await refusalOf(wrongSignature(await right()), expired);
    expect(type).toBe("ExpiredTokenException");
    expect((await refusalOf(wrongSignature(await right()), keys)).type).toBe("InvalidSignatureException");
  });
});

it("an API key is all that is looked at where there is one", async () => {
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

describe("among the checks of a request", () => {
  const start = (bodyBytes?: number) =>
    startGuardedServer(keys, { now: () => NOW, ...(bodyBytes !== undefined && { bodyBytes }) });

  it("the route comes before credentials", async () => {
    const { url } = await start();
    expect((await sendHttp1(url, "/model/x/do-something")).status).toBe(404);
  });

  it("whether it is ready tells the server everybody", async () => {
    const { url } = await start();
    expect((await sendHttp1(url, "/health", { method: "GET" })).status).toBe(200);
  });

  it.each([
    ["model id", "/model/nothing/invoke", "{}"],
    ["content", INVOKE, "{"],
  ])("credentials come before the %s", async (_, path, body) => {
    const { url } = await start();
    expect((await sendHttp1(url, path, { body })).body.toString()).toBe(
      '{"Message":"Authorization header is missing"}',
    );
  });

  it("the body's length comes before what is only known with the body", async () => {
    const { url } = await start(10);
    const { headers, target, body } = await signedBySdk(
      { method: "POST", path: INVOKE, body: "longer than 10 bytes" },
      { key: { ...SESSION_KEY, secretAccessKey: "other" } },
    );
    const { status, body: answer } = await sendHttp1(url, target, {
      headers: Object.fromEntries(headers),
      body,
    });
    expect(status).toBe(400);
    expect(answer.toString()).toContain("Value at 'body' failed to satisfy constraint");
  });
});
