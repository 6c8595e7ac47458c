import { createHash, createHmac, timingSafeEqual } from "node:crypto";

import { toBytes } from "./canonical-request.js";

/** The only algorithm that Cria supports. */
export const ALGORITHM = "AWS4-HMAC-SHA256";

/** The service that credentials are scoped to, for the runtime and the control plane alike. */
export const SERVICE = "bedrock";

/** The last part of a credential scope. */
export const TERMINATOR = "aws4_request";

/** The date, region and service that a signature is valid for. */
export interface CredentialScope {
  /** Such as `20150830`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** A scope as a credential names it: `20150830/us-east-1/bedrock/aws4_request`. */
export function scopeText(scope: CredentialScope): string {
  return scopeParts(scope).join("/");
}

function scopeParts({ date, region, service }: CredentialScope): readonly string[] {
  return [date, region, service, TERMINATOR];
}

/**
 * Computes the signature of AWS Signature Version 4.
 *
 * @param timestamp - when the request was signed, such as `20150830T123600Z`
 * @param canonical - the canonical request
 * @returns 64 hexadecimal digits
 */
export function computeSignature(
  secretAccessKey: string,
  scope: CredentialScope,
  timestamp: string,
  canonical: string,
): string {
  const hash = sha256(toBytes(canonical)).toString("hex");
  const text = [ALGORITHM, timestamp, scopeText(scope), hash].join("\n");
  const key = scopeParts(scope).reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, text).toString("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/**
 * Parses a time in the basic format of ISO 8601, such as `20150830T123600Z`.
 *
 * @returns ms since 1970; undefined if `text` is no such time
 */
export function parseTimestamp(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** Formats a time as {@link parseTimestamp} parses it. @param time - ms since 1970 */
export function formatTimestamp(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:]|\.\d+/gu, "");
}

/** SHA-256, 32 bytes. */
export function sha256(data: string | Uint8Array): Buffer {
  return createHash("sha256").update(data).digest();
}

/**
 * Compares two secrets in constant time. It compares their hashes, so that the time doesn't reveal their lengths either.
 */
export function equalSecrets(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other));
}
