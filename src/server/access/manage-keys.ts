import { randomBytes } from "node:crypto";

import { sha256 } from "../../sigv4/index.js";
import { UnknownKeyError } from "../errors.js";
import { changeKeyFile, readKeyFile } from "./key-file.js";
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

/** Letters and digits that nobody mistakes for each other in most typefaces; 32, so that five bits choose one. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** How long a session's key holds unless told otherwise: 12 hours, as those that AWS gives for one (user guide). */
const SESSION_MS = 12 * 60 * 60 * 1_000;

/** What a key is to be like. */
export interface NewKeyOptions {
  readonly name?: string | undefined;
  /** With a session token, as temporary credentials have. @default false */
  readonly session?: boolean | undefined;
  /** For how long it is to hold, in ms. @default for ever; of a session, 12 hours */
  readonly expiresInMs?: number | undefined;
}

/** A key, and what is told of it only once. */
export interface NewKey {
  readonly stored: StoredKey;
  /** Kept only as a hash. */
  readonly apiKey: string;
}

/**
 * Makes a key of the shape that AWS's have: an id of 20 capitals and digits, a secret of 40 characters; and an API key that goes
 * with them.
 */
export function newKey({ name, session = false, expiresInMs }: NewKeyOptions = {}): NewKey {
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
