import { createHash, createHmac, timingSafeEqual } from "node:crypto";

import { toBytes } from "./canonical-request.js";

/** The only way of signing that is taken. */
export const ALGORITHM = "AWS4-HMAC-SHA256";

/** The service that credentials are scoped to, for the runtime and the control plane alike. */
export const SERVICE = "bedrock";

/** What ends a credential's scope. */
export const TERMINATOR = "aws4_request";

/** What a signature is good for. */
export interface CredentialScope {
  /** As in `20150830`. */
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
 * Signs with AWS Signature Version 4.
 *
 * @param timestamp - as in `20150830T123600Z`
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
 * Reads a time in the "basic" format of ISO 8601, as in `20150830T123600Z`.
 *
 * @returns ms since 1970; undefined where it is none
 */
export function parseTimestamp(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** Writes a time as {@link parseTimestamp} reads it. @param time - ms since 1970 */
export function formatTimestamp(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:]|\.\d+/gu, "");
}

/** SHA-256, 32 bytes. */
export function sha256(data: string | Uint8Array): Buffer {
  return createHash("sha256").update(data).digest();
}

/**
 * Whether two secrets are the same, in a time that tells nothing of how far they agree, nor of their lengths: their hashes are
 * compared.
 */
export function equalSecrets(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other));
}
