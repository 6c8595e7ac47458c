import { expiredToken, signatureMismatch, unrecognizedClient } from "../bedrock/index.js";
import { canonicalRequest, splitTarget } from "./canonical-request.js";
import { checkClaim } from "./check-claim.js";
import { isPresigned, readHeaderClaim, readQueryClaim } from "./claim.js";
import { computeSignature, equalSecrets, sha256 } from "./signature.js";
import type { SignedRequest } from "./signed-request.js";

/** The secrets of an access key. */
export interface AccessKey {
  readonly secretAccessKey: string;
  /** The token that each request must carry; undefined for a long-term key. */
  readonly sessionToken: string | undefined;
  /** When the key expires, in ms since 1970; undefined for never. */
  readonly expiresAt: number | undefined;
}

/** Looks up an access key by its id. */
export type FindKey = (accessKeyId: string) => Promise<AccessKey | undefined>;

/** Takes the place of an unknown key, so that refusing one takes as long as refusing a known one. */
const DUMMY_KEY: AccessKey = { secretAccessKey: "none", sessionToken: undefined, expiresAt: undefined };

/**
 * Verifies a request's signature (AWS Signature Version 4), which is in the query of a presigned URL and else in the
 * `Authorization` header.
 *
 * The first of these checks that fails determines the exception:
 *
 * 1. the parts of the signature are present
 * 2. its time, the signed host, its algorithm, its credential ({@link checkClaim})
 * 3. the body, which the signature covers, can be read
 * 4. the access key is known, and the session token belongs to it
 * 5. the key hasn't expired
 * 6. the signature is right
 *
 * The results of 4 to 6 are all computed before the first is reported, for an unknown key too: the time that a refusal takes
 * doesn't reveal which keys exist.
 *
 * Users have measured the order of 1, 2, 4 and 6 on another AWS service, with one difference: the session token comes last
 * there. Here it is checked with the key, because a lookup of Amazon's temporary keys needs the token (inferred). That 5 comes
 * before 6 is inferred too.
 *
 * @param now - in ms since 1970
 * @throws {BedrockException} IncompleteSignatureException, InvalidSignatureException, UnrecognizedClientException or
 * ExpiredTokenException.
 * @throws what `request.body` and `findKey` throw.
 */
export async function verifyRequest(request: SignedRequest, findKey: FindKey, now: number): Promise<void> {
  const { path, query } = splitTarget(request.path);
  const claim = isPresigned(query) ? readQueryClaim(query) : readHeaderClaim(request, query);
  const { accessKeyId, scope, signedHeaders } = checkClaim(claim, now);
  const payloadHash = sha256(await request.body()).toString("hex");
  const known = await findKey(accessKeyId);
  const key = known ?? DUMMY_KEY;
  const canonical = canonicalRequest({
    method: request.method,
    path,
    query: claim.query,
    headers: signedHeaders.map((name) => [name, valuesOf(request, name)]),
    payloadHash,
  });
  const expected = computeSignature(key.secretAccessKey, scope, claim.date, canonical);
  const isSigned = equalSecrets(claim.signature, expected);
  const isToken = equalSecrets(claim.sessionToken ?? "", key.sessionToken ?? "");
  if (!known || !isToken) throw unrecognizedClient();
  if (key.expiresAt !== undefined && key.expiresAt <= now) throw expiredToken();
  // `UNSIGNED-PAYLOAD` is refused, as it is the hash of no body: no SDK sends it to Bedrock, and it would let others change a
  // prompt on its way
  const declared = request.header("x-amz-content-sha256") ?? payloadHash;
  if (!isSigned || declared !== payloadHash) throw signatureMismatch();
}

/** HTTP/1.1 and HTTP/2 name the host differently, and clients sign either name on both (measured). */
const OTHER_NAME: ReadonlyMap<string, string> = new Map([
  ["host", ":authority"],
  [":authority", "host"],
]);

function valuesOf(request: SignedRequest, name: string): readonly string[] {
  const values = request.headerValues(name);
  const other = OTHER_NAME.get(name);
  return values.length === 0 && other !== undefined ? request.headerValues(other) : values;
}
