import type { AccessKey, ApiKey, KeySet } from "./key-source.js";
import type { StoredKey } from "./stored-key.js";

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
export function joinKeySets(one: KeySet, other: KeySet): KeySet {
  return {
    accessKeys: new Map([...one.accessKeys, ...other.accessKeys]),
    apiKeys: [...one.apiKeys, ...other.apiKeys],
  };
}
