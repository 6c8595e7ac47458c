import { UnknownKeyError } from "../unknown-key-error.js";
import { changeKeyFile, readKeyFile } from "./key-file.js";
import { newKey, type NewKey, type NewKeyOptions } from "./new-key.js";
import type { StoredKey } from "./stored-key.js";

/** Makes a key and adds it to a file. @throws as {@link changeKeyFile} */
export async function createKey(file: string, options: NewKeyOptions = {}): Promise<NewKey> {
  const key = newKey(options);
  await changeKeyFile(file, (keys) => [...keys, key.stored]);
  return key;
}

/** A key without its secrets. */
export type ListedKey = Pick<StoredKey, "accessKeyId" | "name" | "createdAt" | "expiresAt"> & {
  /** Whether requests must carry a session token. */
  readonly session: boolean;
  readonly expired: boolean;
};

/** The keys in a file, oldest first. @throws {KeyFileError} */
export async function listKeys(file: string): Promise<readonly ListedKey[]> {
  const keys = await readKeyFile(file);
  return keys.map(({ accessKeyId, name, createdAt, expiresAt, sessionToken }) => ({
    accessKeyId,
    ...(name !== undefined && { name }),
    ...(createdAt !== undefined && { createdAt }),
    ...(expiresAt !== undefined && { expiresAt }),
    session: sessionToken !== undefined,
    expired: expiresAt !== undefined && Date.parse(expiresAt) <= Date.now(),
  }));
}

/**
 * Removes keys from a file, all or none.
 *
 * @throws {UnknownKeyError} one of them isn't there.
 * @throws as {@link changeKeyFile}
 */
export async function removeKeys(file: string, accessKeyIds: readonly string[]): Promise<void> {
  await changeKeyFile(file, (keys) => {
    const unknown = accessKeyIds.find((id) => !keys.some(({ accessKeyId }) => accessKeyId === id));
    if (unknown !== undefined) throw new UnknownKeyError(unknown, file);
    return keys.filter(({ accessKeyId }) => !accessKeyIds.includes(accessKeyId));
  });
}
