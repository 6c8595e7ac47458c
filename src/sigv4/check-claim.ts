import { incompleteSignature, invalidSignature } from "../bedrock/index.js";
import type { SignatureClaim } from "./claim.js";
import {
  ALGORITHM,
  type CredentialScope,
  formatTimestamp,
  parseTimestamp,
  SERVICE,
  TERMINATOR,
} from "./signature.js";

/** The host's header on HTTP/1.1 and HTTP/2. A signature that covers neither would be valid for any host. */
const HOST_HEADERS: readonly string[] = ["host", ":authority"];

/** The parts of a claim whose time, algorithm and scope are right. */
export interface CheckedClaim {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  /** In lower case, sorted. */
  readonly signedHeaders: readonly string[];
}

/**
 * Checks what needs neither the key nor the body: time, host, algorithm, credential. Users have measured this order, and quoted
 * these messages, on another AWS service. AWS also refuses a region other than its own; Cria is in no region and takes any.
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

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** How far a caller's clock may be off, either way (users quote the messages with this number). */
const MAX_SKEW_MS = 5 * MINUTE_MS;

/** How long a presigned URL may be valid at most, in seconds: a week (IAM user guide). */
const MAX_EXPIRES_S = 604_800;

/**
 * Checks that a signature is valid now.
 *
 * @param date - when the request says that it was signed
 * @param expires - how many seconds a presigned URL is valid; undefined for the 5 min of a signature in the header
 * @param now - in ms since 1970
 * @throws {BedrockException} IncompleteSignatureException: `date` is no timestamp (quoted by users of other services) or `expires`
 * no number of seconds (S3's words). InvalidSignatureException: the signature has expired (quoted by users; inferred for presigned
 * URLs) or is dated in the future (quoted by users of other services).
 */
function checkTime(date: string, expires: string | undefined, now: number): void {
  const signedAt = parseTimestamp(date);
  if (signedAt === undefined) {
    throw incompleteSignature(
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  const lifeMs = expires === undefined ? MAX_SKEW_MS : readExpires(expires) * SECOND_MS;
  // timestamps have whole seconds
  const clock = Math.floor(now / SECOND_MS) * SECOND_MS;
  const earliest = clock - lifeMs;
  if (signedAt < earliest) {
    throw invalidSignature(
      `Signature expired: ${date} is now earlier than ${formatTimestamp(earliest)} (${formatTimestamp(clock)} - ${formatDuration(lifeMs)})`,
    );
  }
  const latest = clock + MAX_SKEW_MS;
  if (signedAt > latest) {
    throw invalidSignature(
      `Signature not yet current: ${date} is still later than ${formatTimestamp(latest)} (${formatTimestamp(clock)} + ${formatDuration(MAX_SKEW_MS)})`,
    );
  }
}

function readExpires(text: string): number {
  if (!/^\d+$/u.test(text)) throw incompleteSignature("X-Amz-Expires should be a number");
  const seconds = Number(text);
  if (seconds <= MAX_EXPIRES_S) return seconds;
  throw incompleteSignature(`X-Amz-Expires must be less than a week (in seconds) that is ${MAX_EXPIRES_S}`);
}

function formatDuration(ms: number): string {
  return ms % MINUTE_MS === 0 ? `${ms / MINUTE_MS} min.` : `${ms / SECOND_MS} sec.`;
}
