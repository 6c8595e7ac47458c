import { randomBytes } from "node:crypto";

import { sha256 } from "../../sigv4/index.js";
import { UnknownKeyError } from "../errors.js";
import { changeKeyFile, readKeyFile } from "./key-file.js";
import type { StoredKey } from "./stored-key.js";

/** Creates a key and adds it to a file. @throws what {@link changeKeyFile} throws */
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
 * @throws {UnknownKeyError} one of them isn't in the file.
 * @throws what {@link changeKeyFile} throws
 */
export async function removeKeys(file: string, accessKeyIds: readonly string[]): Promise<void> {
  await changeKeyFile(file, (keys) => {
    const unknown = accessKeyIds.find((id) => !keys.some(({ accessKeyId }) => accessKeyId === id));
    if (unknown !== undefined) throw new UnknownKeyError(unknown, file);
    return keys.filter(({ accessKeyId }) => !accessKeyIds.includes(accessKeyId));
  });
}

/** Base32 (RFC 4648): letters and digits that aren't easily mistaken for each other; 32 of them, so no modulo bias. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** How long a session's key is valid by default: 12 hours, as with AWS's session credentials (IAM user guide). */
const SESSION_MS = 12 * 60 * 60 * 1_000;

/** Options for a new key. */
export interface NewKeyOptions {
  readonly name?: string | undefined;
  /** With a session token, like temporary credentials. @default false */
  readonly session?: boolean | undefined;
  /** How long the key is valid, in ms. @default for ever; for a session, 12 hours */
  readonly expiresInMs?: number | undefined;
}

/** A new key, with the secret that is shown only once. */
export interface NewKey {
  readonly stored: StoredKey;
  /** Stored only as a hash. */
  readonly apiKey: string;
}

/**
 * Creates a key in AWS's format, an id of 20 capitals and digits with a secret of 40 characters, and an API key for the same
 * caller.
 */
function newKey({ name, session = false, expiresInMs }: NewKeyOptions = {}): NewKey {
  const now = Date.now();
  const lifeMs = expiresInMs ?? (session ? SESSION_MS : undefined);
  const apiKey = `cria-api-key-${randomBytes(32).toString("base64url")}`;
  const stored: StoredKey = {
    accessKeyId: `CRIA${randomLetters(16)}`,
    // 30 bytes are 40 characters of base64
    secretAccessKey: randomBytes(30).toString("base64"),
    ...(session && { sessionToken: randomBytes(96).toString("base64") }),
    apiKeySha256: sha256(apiKey).toString("hex"),
    ...(name !== undefined && { name }),
    createdAt: new Date(now).toISOString(),
    ...(lifeMs !== undefined && { expiresAt: new Date(now + lifeMs).toISOString() }),
  };
  return { stored, apiKey };
}

function randomLetters(count: number): string {
  return Array.from(randomBytes(count), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join("");
}
