import { incompleteSignature } from "../bedrock/index.js";
import type { ApiRequest } from "../server/api-request.js";
import { sha256 } from "./equal-secrets.js";
import type { QueryParameter } from "./request-target.js";
import type { SignatureClaim } from "./signature-claim.js";

/**
 * Reads `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
 *
 * The messages are quoted by users of other services. Those of today repeat the header's hash, those of some years ago the
 * header itself; what exactly is hashed is inferred.
 *
 * @param authorization - the header's value
 * @param query - all of the request's, as all of it is signed
 * @throws {BedrockException} IncompleteSignatureException: first where something in it isn't `name=value`, then for all that is
 * missing at once.
 */
export function readHeaderClaim(
  authorization: string,
  query: readonly QueryParameter[],
  request: ApiRequest,
): SignatureClaim {
  const [algorithm = "", ...words] = authorization.split(/[,\s]+/u).filter((word) => word !== "");
  const hash = sha256(authorization).toString("base64");
  const parameters = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 0) {
      throw incompleteSignature(
        `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash}'.`,
      );
    }
    parameters.set(word.slice(0, at), word.slice(at + 1));
  }
  const credential = parameters.get("Credential");
  const signature = parameters.get("Signature");
  const signedHeaders = parameters.get("SignedHeaders");
  const date = request.header("x-amz-date") ?? request.header("date");
  if (!credential || !signature || signedHeaders === undefined || !date) {
    throw incompleteSignature(
      [
        ...(credential ? [] : ["Authorization header requires 'Credential' parameter."]),
        ...(signature ? [] : ["Authorization header requires 'Signature' parameter."]),
        ...(signedHeaders === undefined ? ["Authorization header requires 'SignedHeaders' parameter."] : []),
        ...(date
          ? []
          : ["Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."]),
        `(Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`,
      ].join(" "),
    );
  }
  const sessionToken = request.header("x-amz-security-token");
  return { algorithm, credential, signedHeaders, signature, date, expires: undefined, sessionToken, query };
}
