import { describe, expect, it } from "vitest";

import { canonicalPath, canonicalRequest, splitTarget } from "../../src/sigv4/canonical-request.js";
import { computeSignature, sha256 } from "../../src/sigv4/signature.js";

/**
 * Values that AWS has published: the worked example of the IAM user guide ("Create a signed AWS API request", formerly in the
 * General Reference), and some of AWS's test suite for Signature Version 4. All use the same key.
 */
const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TIMESTAMP = "20150830T123600Z";
const DATE = ["x-amz-date", TIMESTAMP] as const;
const EXAMPLE = ["host", "example.amazonaws.com"] as const;
const TOKEN = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";

type Header = readonly [name: string, value: string];

function signatureOf(service: string, method: string, target: string, headers: readonly Header[]): string {
  const { path, query } = splitTarget(target);
  const canonical = canonicalRequest({
    method,
    path,
    query,
    headers: headers.map(([name, value]) => [name, [value]]),
    payloadHash: sha256("").toString("hex"),
  });
  return computeSignature(SECRET, { date: "20150830", region: "us-east-1", service }, TIMESTAMP, canonical);
}

describe("the signature is the published one of", () => {
  it("the user guide's example, ListUsers", () => {
    const type = ["content-type", "application/x-www-form-urlencoded; charset=utf-8"] as const;
    const host = ["host", "iam.amazonaws.com"] as const;
    expect(signatureOf("iam", "GET", "/?Action=ListUsers&Version=2010-05-08", [type, host, DATE])).toBe(
      "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    );
  });

  it.each<[name: string, method: string, target: string, headers: readonly Header[], signature: string]>([
    [
      "get-vanilla",
      "GET",
      "/",
      [EXAMPLE, DATE],
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    ],
    [
      "get-vanilla-query-order-key-case",
      "GET",
      "/?Param2=value2&Param1=value1",
      [EXAMPLE, DATE],
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ],
    [
      "post-vanilla",
      "POST",
      "/",
      [EXAMPLE, DATE],
      "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    ],
    [
      "get-vanilla-with-session-token",
      "GET",
      "/",
      [EXAMPLE, DATE, ["x-amz-security-token", TOKEN]],
      "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
    ],
    [
      "get-vanilla, signed in the query",
      "GET",
      `/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2Faws4_request&X-Amz-Date=${TIMESTAMP}&X-Amz-SignedHeaders=host&X-Amz-Expires=3600`,
      [EXAMPLE],
      "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d",
    ],
  ])("the test suite's %s", (_, method, target, headers, signature) => {
    expect(signatureOf("service", method, target, headers)).toBe(signature);
  });
});

describe("the canonical path of", () => {
  it.each([
    // as the SDKs send it, and as curl sends it
    ["/model/meta.llama3-8b-instruct-v1%3A0/invoke", "/model/meta.llama3-8b-instruct-v1%253A0/invoke"],
    ["/model/meta.llama3-8b-instruct-v1:0/invoke", "/model/meta.llama3-8b-instruct-v1%3A0/invoke"],
    ["/model/arn%3Aaws%3Abedrock%2Fx/invoke", "/model/arn%253Aaws%253Abedrock%252Fx/invoke"],
    ["/", "/"],
    ["//a//b//", "/a/b/"],
    ["/a/./b/../c", "/a/c"],
    ["/a/b/..", "/a/"],
    ["/../..", "/"],
    ["/a b/~-._", "/a%20b/~-._"],
    // UTF-8, one character per byte, as it comes off the wire
    ["/\u00e1\u0088\u00b4", "/%E1%88%B4"],
  ])("%s is %s", (sent, canonical) => {
    expect(canonicalPath(sent)).toBe(canonical);
  });
});

it("the canonical query is sorted by name, then by value, both encoded", () => {
  const { path, query } = splitTarget("/?b=2&a=2&a-b=3&a=1&c&%61=%2f&d=x+y&=&");
  const canonical = canonicalRequest({ method: "GET", path, query, headers: [], payloadHash: "" });
  expect(canonical.split("\n")[2]).toBe("=&a=%2F&a=1&a=2&a-b=3&b=2&c=&d=x%2By");
});
