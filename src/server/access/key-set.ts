import { type AccessKey, sha256 } from "../../sigv4/index.js";
import type { StoredKey } from "./stored-key.js";

/**
 * API keys: the SHA-256 of each in hexadecimal digits, for only that is stored, and when it expires, in ms since 1970; Infinity for never. Looking a key up by its
 * hash takes no longer with more keys, and its time tells nothing of the others: nobody can make keys whose hashes come closer to one.
 */
export type ApiKeys = ReadonlyMap<string, number>;

/** The keys of all callers. */
export interface KeySet {
  /** By access key id. */
  readonly accessKeys: ReadonlyMap<string, AccessKey>;
  readonly apiKeys: ApiKeys;
}

/** Indexes stored keys for lookups. */
export function keySetOf(keys: readonly StoredKey[]): KeySet {
  const accessKeys = new Map<string, AccessKey>();
  const apiKeys: (readonly [string, number])[] = [];
  for (const { accessKeyId, secretAccessKey, sessionToken, apiKeySha256, ...rest } of keys) {
    const expiresAt = rest.expiresAt === undefined ? undefined : Date.parse(rest.expiresAt);
    accessKeys.set(accessKeyId, { secretAccessKey, sessionToken, expiresAt });
    if (apiKeySha256 !== undefined) apiKeys.push([apiKeySha256, expiresAt ?? Infinity]);
  }
  return { accessKeys, apiKeys: longest(apiKeys) };
}

/** Merges two sets; if both have an id, the second wins. */
export function mergeKeySets(one: KeySet, other: KeySet): KeySet {
  return {
    accessKeys: new Map([...one.accessKeys, ...other.accessKeys]),
    apiKeys: longest([...one.apiKeys, ...other.apiKeys]),
  };
}

/** Of a key that is there several times, the one that expires last. */
function longest(apiKeys: Iterable<readonly [string, number]>): ApiKeys {
  const all = new Map<string, number>();
  for (const [hash, expiresAt] of apiKeys) all.set(hash, Math.max(all.get(hash) ?? -Infinity, expiresAt));
  return all;
}

/** Whether an API key is known and hasn't expired. @param now - in ms since 1970 */
export function isValidApiKey(apiKeys: ApiKeys, presented: string, now: number): boolean {
  return (apiKeys.get(sha256(presented).toString("hex")) ?? -Infinity) > now;
}
