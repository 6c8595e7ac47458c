import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BedrockException } from "../../src/bedrock/index.js";
import { type Credentials, identifySigner } from "../../src/sigv4/index.js";
import { signByBotocore } from "./botocore.js";
import {
  anyRequest,
  KEY,
  NOW,
  SESSION_KEY,
  signedBySdk,
  signedRequest,
  targetOf,
  type WireRequest,
} from "./support.js";

/** Verifies a request where only these keys are known. */
async function verify(
  request: WireRequest,
  {
    keys = [KEY, SESSION_KEY],
    now = NOW,
  }: { readonly keys?: readonly Credentials[]; readonly now?: number } = {},
): Promise<void> {
  const findKey = (id: string) => {
    const found = keys.find(({ accessKeyId }) => accessKeyId === id);
    return Promise.resolve(found && { sessionToken: undefined, ...found, expiresAt: undefined });
  };
  await (await identifySigner(signedRequest(request), findKey, now)).verify();
}

async function refusalOf(...args: Parameters<typeof verify>): Promise<BedrockException> {
  const refusal: unknown = await verify(...args).then(
    () => "accepted",
    (error: unknown) => error,
  );
  expect(refusal).toBeInstanceOf(BedrockException);
  return refusal as BedrockException;
}

/** Both forms of a signature. */
const forms = [
  ["in the header", {}],
  ["in the query", { expiresIn: 600 }],
] as const;

const key = fc.constantFrom(KEY, SESSION_KEY);

describe.each(forms)("signed %s by the SDK for JavaScript", (_, options) => {
  it("every request is accepted", async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, key, async (plain, by) => {
        await verify(await signedBySdk(plain, { key: by, ...options }));
      }),
    );
  });

  it("a request is refused if one part of it was changed", async () => {
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

  it("a request is refused if it was signed with another secret", async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, async (plain) => {
        const signed = await signedBySdk(plain, options);
        const other = { ...KEY, secretAccessKey: `${KEY.secretAccessKey}x` };
        const { type } = await refusalOf(signed, { keys: [other] });
        expect(type).toBe("InvalidSignatureException");
      }),
    );
  });
});

type Change = (request: WireRequest) => WireRequest;

/** Changes a header or a query parameter, whichever the request has. */
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

it("botocore's signatures are accepted, in the header and in the query", async (context) => {
  const plain = fc.sample(anyRequest, { numRuns: 100, seed: 7 });
  const signed = signByBotocore(
    context,
    plain.map(({ query = {}, path, body = "", headers = {}, method }, i) => ({
      method,
      headers,
      // botocore would put the body of a presigned request into its query
      body: i % 2 === 0 ? "" : body,
      path: targetOf(path, Object.entries(query)),
      key: i % 3 === 0 ? SESSION_KEY : KEY,
      presign: i % 2 === 0,
    })),
  );
  expect(signed).toHaveLength(100);
  await Promise.all(signed.map((request) => verify(request, { now: Date.now() })));
});
