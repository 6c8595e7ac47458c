import { createHash, timingSafeEqual } from "node:crypto";

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
