import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { pythonWithBoto3 } from "../support/python.js";
import {
  anyRequest,
  authenticate,
  HOST,
  KEY,
  keysOf,
  refusalOf,
  SESSION_KEY,
  signedBySdk,
  targetOf,
  type WireRequest,
} from "../server/access/support.js";

/** Libraries that sign must be let in, and whoever changes what they signed mustn't. */
const forms = [
  ["in the header", {}],
  ["in the query", { expiresIn: 600 }],
] as const;

const key = fc.constantFrom(KEY, SESSION_KEY);

describe.each(forms)("signed %s by the SDK for JavaScript", (_, options) => {
  it("any request is let in", async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, key, async (plain, by) => {
        await authenticate(await signedBySdk(plain, { key: by, ...options }));
      }),
    );
  });

  it("any request is refused once something of it has changed", async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, fc.constantFrom(...changes), async (plain, change) => {
        const signed = await signedBySdk(
          { ...plain, headers: { ...plain.headers, "x-signed": "1" } },
          options,
        );
        const { type, message } = await refusalOf(change(signed));
        expect(type).toBe("InvalidSignatureException");
        expect(message).toMatch(/^The request signature we calculated does not match/u);
      }),
    );
  });

  it("any request is refused with another secret", async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, async (plain) => {
        const signed = await signedBySdk(plain, options);
        const { type } = await refusalOf(
          signed,
          keysOf({ ...KEY, secretAccessKey: `${KEY.secretAccessKey}x` }),
        );
        expect(type).toBe("InvalidSignatureException");
      }),
    );
  });
});

type Change = (request: WireRequest) => WireRequest;

/** Changes a header, or a parameter of the query, whichever there is. */
function edit(name: string, replace: (value: string) => string): Change {
  return (request) => {
    const headers = request.headers.map(
      ([key, value]) => [key, key === name ? replace(value) : value] as const,
    );
    const inQuery = new RegExp(`(?<=[?&]${name}=)[^&]*`, "iu");
    return { ...request, headers, target: request.target.replace(inQuery, replace) };
  };
}

const changes: readonly Change[] = [
  (request) => ({ ...request, method: request.method === "POST" ? "PUT" : "POST" }),
  (request) => ({ ...request, target: request.target.replace(/^[^?]*/u, (path) => `${path}x`) }),
  (request) => ({ ...request, target: `${request.target}${request.target.includes("?") ? "&" : "?"}more=1` }),
  (request) => ({ ...request, body: `${request.body}x` }),
  edit("host", (value) => `x${value}`),
  edit("x-signed", () => "2"),
  edit("x-amz-date", (value) => value.replace("T030405Z", "T030406Z")),
  (request) =>
    edit("authorization", (value) => value.replace("/us-east-1/", "/us-east-2/"))(
      edit("x-amz-credential", (value) => value.replace("us-east-1", "us-east-2"))(request),
    ),
  (request) => edit("authorization", otherSignature)(edit("x-amz-signature", otherSignature)(request)),
];

/** Another last digit. */
function otherSignature(value: string): string {
  return value.replace(/.$/u, (digit) => (digit === "0" ? "1" : "0"));
}

it("botocore's signatures are let in, those in the header and those in the query", (context) => {
  const python = pythonWithBoto3(context);
  const plain = fc.sample(anyRequest, { numRuns: 100, seed: 7 });
  const requests = plain.map(({ query = {}, path, body = "", ...rest }, i) => ({
    ...rest,
    // botocore would put a presigned request's body into its query
    body: i % 2 === 0 ? "" : body,
    path: targetOf(path, Object.entries(query)),
    key: i % 3 === 0 ? SESSION_KEY : KEY,
    presign: i % 2 === 0,
  }));
  const script = new URL("sign-with-botocore.py", import.meta.url);
  const { stdout, stderr } = spawnSync(python, ["-c", readFileSync(script, "utf8"), HOST], {
    input: JSON.stringify(requests),
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const signed = JSON.parse(stdout) as WireRequest[];
  expect(signed).toHaveLength(100);
  return Promise.all(signed.map((request) => authenticate(request, undefined, Date.now())));
});
