import {
  authorizationMissing,
  expiredToken,
  invalidApiKey,
  invalidSignature,
  signatureMismatch,
  unrecognizedClient,
} from "../../bedrock/index.js";
import {
  canonicalRequest,
  splitTarget,
  checkClaim,
  isPresigned,
  readHeaderClaim,
  readQueryClaim,
  type SignatureClaim,
  equalSecrets,
  sha256,
  sign,
} from "../../sigv4/index.js";
import type { ApiRequest } from "../api-request.js";
import type { Authenticator } from "./authenticator.js";
import { type AccessKey, holdsApiKey } from "./key-set.js";
import type { KeySource } from "./key-source.js";

/** What stands in for a key that there isn't, so that it takes as long to refuse as one that there is. */
const NO_KEY: AccessKey = { secretAccessKey: "none", sessionToken: undefined, expiresAt: undefined };

/**
 * Lets those call who prove a key: by a signature (AWS Signature Version 4, in the header or in a presigned URL) or by an API key
 * (`Authorization: Bearer`).
 *
 * The first of these that fails is what the caller is told:
 *
 * 1. one proof, not two (header and query)
 * 2. any proof at all
 * 3. an API key: whether it is known and holds; nothing follows
 * 4. a signature: its parts are there
 * 5. its time, the host among its headers, its algorithm, its credential ({@link checkClaim})
 * 6. the body's length, as a signature covers the body
 * 7. the access key is known, and the session token is its own
 * 8. the key hasn't expired
 * 9. the signature itself
 *
 * The order of 1, 2, 4, 5, 7 and 9 was measured by users of another service, but the session token comes last there; here it comes
 * with the key, as with Amazon's temporary keys nothing can be known without it (inferred). That 8 is before 9 is inferred too.
 *
 * @param options.now - the clock, in ms since 1970. @default Date.now
 */
export function createKeyAuthenticator(
  keys: KeySource,
  { now = Date.now }: { readonly now?: () => number } = {},
): Authenticator {
  return {
    async authenticate(request) {
      const { path, query } = splitTarget(request.path);
      const authorization = request.header("authorization")?.trim() ?? "";
      const presigned = isPresigned(query);
      if (authorization !== "" && presigned) {
        // quoted by users of another service
        throw invalidSignature(
          "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
        );
      }
      if (authorization === "" && !presigned) throw authorizationMissing();
      const apiKey = /^bearer(?:\s+(.*))?$/iu.exec(authorization);
      if (apiKey) {
        const { apiKeys } = await keys.current();
        if (!holdsApiKey(apiKeys, apiKey[1] ?? "", now())) throw invalidApiKey();
        return;
      }
      const claim = presigned ? readQueryClaim(query) : readHeaderClaim(authorization, query, request);
      await verify(claim, path, request, keys, now());
    },
  };
}

/** Everything is computed before anything of the key is told, whether there is such a key or not. */
async function verify(
  claim: SignatureClaim,
  path: string,
  request: ApiRequest,
  keys: KeySource,
  now: number,
): Promise<void> {
  const { accessKeyId, scope, signedHeaders } = checkClaim(claim, now);
  const payloadHash = sha256(await request.body()).toString("hex");
  const { accessKeys } = await keys.current();
  const known = accessKeys.get(accessKeyId);
  const key = known ?? NO_KEY;
  const canonical = canonicalRequest({
    method: request.method,
    path,
    query: claim.query,
    headers: signedHeaders.map((name) => [name, valuesOf(request, name)]),
    payloadHash,
  });
  const expected = sign(key.secretAccessKey, scope, claim.date, canonical);
  const isSigned = equalSecrets(claim.signature, expected);
  const isToken = equalSecrets(claim.sessionToken ?? "", key.sessionToken ?? "");
  if (!known || !isToken) throw unrecognizedClient();
  if (key.expiresAt !== undefined && key.expiresAt <= now) throw expiredToken();
  // `UNSIGNED-PAYLOAD` is no hash of any body: no SDK sends it to this service, and a prompt could be exchanged on its way
  const declared = request.header("x-amz-content-sha256") ?? payloadHash;
  if (!isSigned || declared !== payloadHash) throw signatureMismatch();
}

/** The host is called one thing on HTTP/1.1 and another on HTTP/2, and clients sign either (measured). */
const OTHER_NAME: ReadonlyMap<string, string> = new Map([
  ["host", ":authority"],
  [":authority", "host"],
]);

function valuesOf(request: ApiRequest, name: string): readonly string[] {
  const values = request.headerValues(name);
  const other = OTHER_NAME.get(name);
  return values.length === 0 && other !== undefined ? request.headerValues(other) : values;
}
