import { timingSafeEqual } from "node:crypto";

import { type AccessKey, sha256 } from "../../sigv4/index.js";
import type { StoredKey } from "./stored-key.js";

/** An API key. Only its hash is stored. */
export interface ApiKey {
  /** 32 bytes. */
  readonly sha256: Uint8Array;
  /** When the key expires, in ms since 1970; undefined for never. */
  readonly expiresAt: number | undefined;
}

/** The keys of all callers. */
export interface KeySet {
  /** By access key id. */
  readonly accessKeys: ReadonlyMap<string, AccessKey>;
  readonly apiKeys: readonly ApiKey[];
}

/** Indexes stored keys for lookups. */
export function keySetOf(keys: readonly StoredKey[]): KeySet {
  const accessKeys = new Map<string, AccessKey>();
  const apiKeys: ApiKey[] = [];
  for (const { accessKeyId, secretAccessKey, sessionToken, apiKeySha256, ...rest } of keys) {
    const expiresAt = rest.expiresAt === undefined ? undefined : Date.parse(rest.expiresAt);
    accessKeys.set(accessKeyId, { secretAccessKey, sessionToken, expiresAt });
    if (apiKeySha256 !== undefined) apiKeys.push({ sha256: Buffer.from(apiKeySha256, "hex"), expiresAt });
  }
  return { accessKeys, apiKeys };
}

/** Merges two sets; if both have an id, the second wins. */
export function mergeKeySets(one: KeySet, other: KeySet): KeySet {
  return {
    accessKeys: new Map([...one.accessKeys, ...other.accessKeys]),
    apiKeys: [...one.apiKeys, ...other.apiKeys],
  };
}

/**
 * Whether an API key is known and hasn't expired. Compares it with every key, so that the time doesn't reveal which one matches.
 *
 * @param now - in ms since 1970
 */
export function isValidApiKey(apiKeys: readonly ApiKey[], presented: string, now: number): boolean {
  const hash = sha256(presented);
  const matching = apiKeys.filter(({ sha256: known }) => timingSafeEqual(hash, known));
  return matching.some(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
}
