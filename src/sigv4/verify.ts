import { expiredToken, signatureMismatch, unrecognizedClient } from "../bedrock/index.js";
import { canonicalRequest, splitTarget } from "./canonical-request.js";
import { checkClaim } from "./check-claim.js";
import { isPresigned, readHeaderClaim, readQueryClaim } from "./claim.js";
import { computeSignature, equalSecrets } from "./signature.js";
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

/** What a caller whose head is right has yet to prove: that it has the secret of the key that it names. */
export interface Proof {
  /**
   * Reads the body, which the signature covers, and checks the signature.
   *
   * @throws {BedrockException} InvalidSignatureException.
   * @throws what {@link SignedRequest.bodySha256} throws.
   */
  verify(): Promise<void>;
}

/**
 * Verifies a request's signature (AWS Signature Version 4), which is in the query of a presigned URL and else in the
 * `Authorization` header: what the head tells at once, and the rest, which takes the body, in {@link Proof.verify}.
 *
 * The first of these checks that fails determines the exception:
 *
 * 1. the parts of the signature are present
 * 2. its time, the signed host, its algorithm, its credential ({@link checkClaim})
 * 3. the access key is known, and the session token belongs to it
 * 4. the key hasn't expired
 * 5. the body can be read
 * 6. the signature is right
 *
 * Users have measured the order of 1, 2, 3 and 6 on another AWS service, with one difference: the session token comes last
 * there. Here it is checked with the key, because a lookup of Amazon's temporary keys needs the token (inferred). That 4 comes
 * before 6 is inferred too.
 *
 * 5 comes after 3 and 4 so that who knows no key makes the server hold nothing. That tells which ids exist, as AWS's own messages do: an id is
 * no secret.
 *
 * @param now - in ms since 1970
 * @throws {BedrockException} IncompleteSignatureException, InvalidSignatureException, UnrecognizedClientException or
 * ExpiredTokenException.
 * @throws what `findKey` throws.
 */
export async function identifySigner(request: SignedRequest, findKey: FindKey, now: number): Promise<Proof> {
  const { path, query } = splitTarget(request.path);
  const claim = isPresigned(query) ? readQueryClaim(query) : readHeaderClaim(request, query);
  const { accessKeyId, scope, signedHeaders } = checkClaim(claim, now);
  const key = await findKey(accessKeyId);
  if (!key || !equalSecrets(claim.sessionToken ?? "", key.sessionToken ?? "")) throw unrecognizedClient();
  if (key.expiresAt !== undefined && key.expiresAt <= now) throw expiredToken();
  return {
    async verify() {
      const payloadHash = await request.bodySha256();
      const canonical = canonicalRequest({
        method: request.method,
        path,
        query: claim.query,
        headers: signedHeaders.map((name) => [name, valuesOf(request, name)]),
        payloadHash,
      });
      const expected = computeSignature(key.secretAccessKey, scope, claim.date, canonical);
      // `UNSIGNED-PAYLOAD` is refused, as it is the hash of no body: no SDK sends it to Bedrock, and it would let others change a
      // prompt on its way
      const declared = request.header("x-amz-content-sha256") ?? payloadHash;
      if (!equalSecrets(claim.signature, expected) || declared !== payloadHash) throw signatureMismatch();
    },
  };
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
