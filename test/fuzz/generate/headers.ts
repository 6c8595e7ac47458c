import fc from "fast-check";

/** A header's value that HTTP allows. */
const value = fc.oneof(
  fc
    .string({ unit: fc.constantFrom(..."abc/*;=,.:\"' 019-_%{}\x80\xff\t".split("")), maxLength: 40 })
    .map((text) => text.trim()),
  fc.constantFrom(
    "",
    "0",
    "-1",
    "1e9",
    "application/json",
    "*/*",
    "text/html",
    "true",
    "99999999999",
    "x".repeat(2_000),
  ),
);

/** Names that Cria or Node reads, and some that neither reads. */
const NAMES = [
  "accept",
  "accept-encoding",
  "authorization",
  "content-type",
  "cookie",
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-security-token",
  "x-amzn-bedrock-accept",
  "x-amzn-bedrock-guardrailidentifier",
  "x-amzn-bedrock-guardrailversion",
  "x-amzn-bedrock-performanceconfig-latency",
  "x-amzn-bedrock-request-metadata",
  "x-amzn-bedrock-service-tier",
  "x-amzn-bedrock-trace",
  "x-cria-raw",
  "x-cria-seed",
  "x-unknown",
];

const AUTHORIZATIONS = [
  "Bearer ",
  "Basic YTpi",
  "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=0",
  "AWS4-HMAC-SHA256 Credential=, SignedHeaders=;;;, Signature=",
];

const header = fc.oneof(
  fc.tuple(fc.constantFrom(...NAMES), value),
  fc.constantFrom(...AUTHORIZATIONS).map((text) => ["authorization", text] as const),
);

/** Headers that HTTP allows, with any content. */
export const headers: fc.Arbitrary<Readonly<Record<string, string>>> = fc.oneof(
  { arbitrary: fc.constant({}), weight: 2 },
  { arbitrary: fc.array(header, { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)), weight: 3 },
);
