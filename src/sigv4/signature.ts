import { createHmac } from "node:crypto";

import { sha256 } from "./equal-secrets.js";
import { toBytes } from "./uri-encoding.js";

/** The only way of signing that is taken. */
export const ALGORITHM = "AWS4-HMAC-SHA256";

/** What ends a credential's scope. */
export const TERMINATOR = "aws4_request";

/** What a signature is good for. */
export interface CredentialScope {
  /** As in `20150830`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/**
 * Signs with AWS Signature Version 4.
 *
 * @param timestamp - as in `20150830T123600Z`
 * @param canonical - the canonical request
 * @returns 64 hexadecimal digits
 */
export function sign(
  secretAccessKey: string,
  scope: CredentialScope,
  timestamp: string,
  canonical: string,
): string {
  const { date, region, service } = scope;
  const hash = sha256(toBytes(canonical)).toString("hex");
  const text = [ALGORITHM, timestamp, [date, region, service, TERMINATOR].join("/"), hash].join("\n");
  const key = [date, region, service, TERMINATOR].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, text).toString("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
