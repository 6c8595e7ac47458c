import { incompleteSignature } from "../bedrock/index.js";
import type { QueryParameter } from "./request-target.js";
import type { SignatureClaim } from "./signature-claim.js";

/** What makes a request a presigned one. */
const MARK = "X-Amz-Algorithm";

/** What isn't signed: the signature. */
const SIGNATURE = "X-Amz-Signature";

/** Whether the query says that it is signed. */
export function isPresigned(query: readonly QueryParameter[]): boolean {
  return query.some(([name]) => name === MARK);
}

/**
 * Reads what the query of a presigned URL says.
 *
 * @throws {BedrockException} IncompleteSignatureException, for all that is missing at once. Quoted by users of other services.
 */
export function readQueryClaim(query: readonly QueryParameter[]): SignatureClaim {
  const value = (wanted: string) => query.find(([name]) => name === wanted)?.[1];
  const missing: string[] = [];
  const required = (name: string) => {
    const found = value(name);
    if (!found) missing.push(name);
    return found ?? "";
  };
  const claim: SignatureClaim = {
    algorithm: required(MARK),
    credential: required("X-Amz-Credential"),
    signature: required(SIGNATURE),
    signedHeaders: required("X-Amz-SignedHeaders"),
    date: required("X-Amz-Date"),
    expires: value("X-Amz-Expires"),
    sessionToken: value("X-Amz-Security-Token"),
    query: query.filter(([name]) => name !== SIGNATURE),
  };
  if (missing.length === 0) return claim;
  const sentences = missing.map((name) => `AWS query-string parameters must include '${name}'.`);
  throw incompleteSignature([...sentences, "Re-examine the query-string parameters."].join(" "));
}
