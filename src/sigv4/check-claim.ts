import { incompleteSignature, invalidSignature } from "../bedrock/index.js";
import { checkTime } from "./check-time.js";
import type { SignatureClaim } from "./signature-claim.js";
import { ALGORITHM, type CredentialScope, TERMINATOR } from "./signature.js";

/** The service that a credential must be scoped to, for the runtime and the control plane alike. */
const SERVICE = "bedrock";

/** The host that a request is for, on HTTP/1.1 and HTTP/2: a signature without it would hold anywhere. */
const HOST_HEADERS: readonly string[] = ["host", ":authority"];

/** A claim that can be verified: it is whole, of this time and for this service. */
export interface CheckedClaim {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  /** In lower case, sorted. */
  readonly signedHeaders: readonly string[];
}

/**
 * Checks all that needs neither the key nor the body, in the order that users have measured of another service: time, host,
 * algorithm, credential. The messages are quoted from there too; AWS says "not a valid region" where a region is another one than
 * the server's, but a server of ours is in none, so any is taken.
 *
 * @param now - in ms since 1970
 * @throws {BedrockException} IncompleteSignatureException, InvalidSignatureException
 */
export function checkClaim(claim: SignatureClaim, now: number): CheckedClaim {
  const { algorithm, credential, date, expires } = claim;
  checkTime(date, expires, now);
  const signedHeaders = claim.signedHeaders.toLowerCase().split(";").sort();
  if (!HOST_HEADERS.some((name) => signedHeaders.includes(name))) {
    throw invalidSignature("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if (algorithm !== ALGORITHM) {
    throw incompleteSignature(`Unsupported AWS 'algorithm': '${algorithm}' (only ${ALGORITHM} for now). `);
  }
  const [accessKeyId, scopeDate, region, service, terminator, ...more] = credential
    .replace(/\/+$/u, "")
    .split("/");
  if (
    accessKeyId === undefined ||
    scopeDate === undefined ||
    region === undefined ||
    service === undefined ||
    terminator === undefined ||
    more.length > 0
  ) {
    throw incompleteSignature(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  const day = date.slice(0, 8);
  const faults = [
    ...(region === "" ? ["Credential should be scoped to a valid region. "] : []),
    ...(service === SERVICE ? [] : [`Credential should be scoped to correct service: '${SERVICE}'. `]),
    ...(terminator === TERMINATOR
      ? []
      : [`Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${terminator}'. `]),
    ...(scopeDate === day
      ? []
      : [
          `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scopeDate}' != '${day}', from '${date}'.`,
        ]),
  ];
  if (faults.length > 0) throw invalidSignature(faults.join(""));
  return { accessKeyId, scope: { date: scopeDate, region, service }, signedHeaders };
}
