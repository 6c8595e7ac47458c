import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type Header, signRequest, identifySigner } from "../../src/sigv4/index.js";
import { BOTOCORE_REGION, signByBotocore } from "./botocore.js";
import {
  anyRequest,
  HOST,
  KEY,
  NOW,
  type PlainRequest,
  SESSION_KEY,
  signedBySdk,
  signedRequest,
  targetOf,
} from "./support.js";

const region = "us-east-1";
const key = fc.constantFrom(KEY, SESSION_KEY);

/** Headers that change on the way, which no signature should cover. */
const changingHeaders = fc.dictionary(
  fc.constantFrom(
    "cache-control",
    "connection",
    "expect",
    "from",
    "keep-alive",
    "max-forwards",
    "pragma",
    "proxy-authorization",
    "referer",
    "sec-fetch-mode",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
  ),
  fc.stringMatching(/^[a-z]{1,9}$/),
  { maxKeys: 3 },
);

/** The headers of an earlier signature. */
const earlierSignature = {
  Authorization: "AWS4-HMAC-SHA256 Credential=other/20200101/us-east-1/bedrock/aws4_request",
  Date: "Wed, 01 Jan 2020 00:00:00 GMT",
  "X-Amz-Date": "20200101T000000Z",
  "X-Amz-Security-Token": "another-token",
  "X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD",
};

const unsigned = ({ method, path, query = {}, headers = {}, body = "" }: PlainRequest) => ({
  method,
  path: targetOf(path, Object.entries(query)),
  headers: [["host", HOST], ...Object.entries(headers)] as const,
  body,
});

const sorted = (headers: readonly Header[]) => [...headers].sort(([one], [other]) => (one < other ? -1 : 1));

describe("a signed request", () => {
  it("has the headers that the SDK for JavaScript gives it, to the byte", async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, changingHeaders, key, async (plain, changing, credentials) => {
        const request = { ...plain, headers: { ...plain.headers, ...changing } };
        const { headers } = await signedBySdk(request, { key: credentials });
        const signed = signRequest(unsigned(request), { credentials, region, now: NOW });
        expect(sorted(signed)).toEqual(sorted(headers));
      }),
    );
  });

  it("has the signature that botocore gives it", (context) => {
    const plain = fc.sample(anyRequest, { numRuns: 100, seed: 8 });
    const requests = plain.map((request, i) => {
      const credentials = i % 2 === 0 ? SESSION_KEY : KEY;
      const signed = signRequest(unsigned(request), { credentials, region, now: NOW });
      // the one header that we sign and botocore doesn't add
      const hash = signed.find(([name]) => name === "x-amz-content-sha256")?.[1] ?? "";
      const headers = { ...request.headers, "x-amz-content-sha256": hash };
      return { request, key: credentials, headers };
    });
    const answers = signByBotocore(
      context,
      requests.map(({ request, key, headers }) => {
        const { method, path, body } = unsigned(request);
        return { method, path, body, key, headers, presign: false };
      }),
    );
    expect(answers).toHaveLength(100);
    for (const [i, { headers }] of answers.entries()) {
      const { request, key: credentials } = requests[i] ?? expect.fail("botocore answered too often");
      const value = (wanted: string) => headers.find(([name]) => name === wanted)?.[1] ?? "";
      const now = Date.parse(value("x-amz-date").replace(/^(....)(..)(..T..)(..)/u, "$1-$2-$3:$4:"));
      const signed = signRequest(unsigned(request), { credentials, region: BOTOCORE_REGION, now });
      expect(signed).toContainEqual(["authorization", value("authorization")]);
    }
  });

  it("is accepted, and replaces every header of an earlier signature", async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, key, async (plain, credentials) => {
        const request = unsigned({ ...plain, headers: { ...plain.headers, ...earlierSignature } });
        const headers = signRequest(request, { credentials, region: "eu-moon-7", now: NOW });
        const names = headers.map(([name]) => name.toLowerCase());
        expect(new Set(names).size).toBe(names.length);
        expect(names).not.toContain("date");
        const sent = { method: request.method, target: request.path, body: request.body };
        const findKey = (id: string) => {
          expect(id).toBe(credentials.accessKeyId);
          return Promise.resolve({ sessionToken: undefined, ...credentials, expiresAt: undefined });
        };
        const lower = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
        await (await identifySigner(signedRequest({ ...sent, headers: lower }), findKey, NOW)).verify();
      }),
    );
  });

  it("covers both values of a header that is sent twice", async () => {
    const { headers: joined } = await signedBySdk({
      method: "POST",
      path: "/",
      headers: { "x-twice": "b,a c" },
    });
    const signed = signRequest(
      {
        method: "POST",
        path: "/",
        headers: [
          ["X-Twice", "b"],
          ["Host", HOST],
          ["x-twice", " a  c "],
        ],
        body: new Uint8Array(),
      },
      { credentials: KEY, region, now: NOW },
    );
    const authorization = joined.find(([name]) => name === "authorization");
    expect(authorization?.[1]).toContain(";x-twice,");
    expect(signed).toContainEqual(authorization);
  });

  it("is signed for the present time unless told otherwise", () => {
    const before = new Date().toISOString().replaceAll(/[-:]|\.\d+/gu, "");
    const headers = new Map(
      signRequest(
        { method: "GET", path: "/", headers: [["host", HOST]], body: "" },
        { credentials: KEY, region },
      ),
    );
    const after = new Date().toISOString().replaceAll(/[-:]|\.\d+/gu, "");
    const date = headers.get("x-amz-date") ?? "";
    expect(date >= before && date <= after).toBe(true);
  });
});
