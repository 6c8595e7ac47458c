import { timingSafeEqual } from "node:crypto";

import { type AccessKey, sha256 } from "../../sigv4/index.js";
import type { StoredKey } from "./stored-key.js";

/** An API key, as far as it is kept: it can be recognized, not read. */
export interface ApiKey {
  /** 32 bytes. */
  readonly sha256: Uint8Array;
  /** Until when it holds, in ms since 1970; undefined for ever. */
  readonly expiresAt: number | undefined;
}

/** The keys of all who may call. */
export interface KeySet {
  /** By access key id. */
  readonly accessKeys: ReadonlyMap<string, AccessKey>;
  readonly apiKeys: readonly ApiKey[];
}

/** Prepares keys for being asked for. */
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

/** Those of both; where an id is in both, the second holds. */
export function mergeKeySets(one: KeySet, other: KeySet): KeySet {
  return {
    accessKeys: new Map([...one.accessKeys, ...other.accessKeys]),
    apiKeys: [...one.apiKeys, ...other.apiKeys],
  };
}

/** Whether an API key is one of those, and holds now. All are compared, whichever fits. @param now - in ms since 1970 */
export function isValidApiKey(apiKeys: readonly ApiKey[], presented: string, now: number): boolean {
  const hash = sha256(presented);
  const matching = apiKeys.filter(({ sha256: known }) => timingSafeEqual(hash, known));
  return matching.some(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
}
