import { incompleteSignature } from "../bedrock/index.js";
import type { QueryParameter } from "./canonical-request.js";
import { sha256 } from "./signature.js";
import type { SignedRequest } from "./signed-request.js";

/** What a signed request says of its signature, wherever it says it. Nothing of it is checked yet. */
export interface SignatureClaim {
  readonly algorithm: string;
  /** Key id, date, region, service and terminator, between slashes. */
  readonly credential: string;
  /** Names of headers, between semicolons. */
  readonly signedHeaders: string;
  readonly signature: string;
  /** When it was made. */
  readonly date: string;
  /** For how many seconds it is to hold; undefined for a signature that is in the header. */
  readonly expires: string | undefined;
  readonly sessionToken: string | undefined;
  /** The part of the query that is signed. */
  readonly query: readonly QueryParameter[];
}

/**
 * Reads `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
 *
 * The messages are quoted by users of other services. Those of today repeat the header's hash, those of some years ago the
 * header itself; what exactly is hashed is inferred.
 *
 * @param query - all of the request's, as all of it is signed
 * @throws {BedrockException} IncompleteSignatureException: first where something in it isn't `name=value`, then for all that is
 * missing at once.
 */
export function readHeaderClaim(
  request: Pick<SignedRequest, "header">,
  query: readonly QueryParameter[],
): SignatureClaim {
  const authorization = request.header("authorization")?.trim() ?? "";
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

/** What makes a request a presigned one. */
const ALGORITHM_PARAMETER = "X-Amz-Algorithm";

/** What isn't signed: the signature. */
const SIGNATURE_PARAMETER = "X-Amz-Signature";

/** Whether the query says that it is signed. */
export function isPresigned(query: readonly QueryParameter[]): boolean {
  return query.some(([name]) => name === ALGORITHM_PARAMETER);
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
    algorithm: required(ALGORITHM_PARAMETER),
    credential: required("X-Amz-Credential"),
    signature: required(SIGNATURE_PARAMETER),
    signedHeaders: required("X-Amz-SignedHeaders"),
    date: required("X-Amz-Date"),
    expires: value("X-Amz-Expires"),
    sessionToken: value("X-Amz-Security-Token"),
    query: query.filter(([name]) => name !== SIGNATURE_PARAMETER),
  };
  if (missing.length === 0) return claim;
  const sentences = missing.map((name) => `AWS query-string parameters must include '${name}'.`);
  throw incompleteSignature([...sentences, "Re-examine the query-string parameters."].join(" "));
}
