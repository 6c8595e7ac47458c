import { incompleteSignature } from "../bedrock/index.js";
import type { QueryParameter } from "./canonical-request.js";
import { sha256 } from "./signature.js";
import type { SignedRequest } from "./signed-request.js";

/** What a request states about its signature, in its header or its query. Unverified. */
export interface SignatureClaim {
  readonly algorithm: string;
  /** Access key id, date, region, service and terminator, separated by slashes. */
  readonly credential: string;
  /** Names of headers, separated by semicolons. */
  readonly signedHeaders: string;
  readonly signature: string;
  /** When the request was signed. */
  readonly date: string;
  /** How many seconds a presigned URL is valid; undefined for a signature in the header. */
  readonly expires: string | undefined;
  readonly sessionToken: string | undefined;
  /** The query without the signature. */
  readonly query: readonly QueryParameter[];
}

/**
 * Reads `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
 *
 * The messages are quoted by users of other services. Some years ago they repeated the header; today they repeat its hash. What
 * exactly AWS hashes is inferred.
 *
 * @param query - the request's whole query
 * @throws {BedrockException} IncompleteSignatureException: a word isn't `name=value`; or parameters are missing, all of which the
 * message names.
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

/** A query with this parameter is a presigned one. */
const ALGORITHM_PARAMETER = "X-Amz-Algorithm";

const SIGNATURE_PARAMETER = "X-Amz-Signature";

/** Whether a query is that of a presigned URL. */
export function isPresigned(query: readonly QueryParameter[]): boolean {
  return query.some(([name]) => name === ALGORITHM_PARAMETER);
}

/**
 * Reads the query of a presigned URL.
 *
 * @throws {BedrockException} IncompleteSignatureException: parameters are missing, all of which the message names. The message is
 * quoted by users of other services.
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
