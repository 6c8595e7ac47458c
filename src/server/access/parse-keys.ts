import { KeyFileError } from "../errors.js";
import { jsonErrorLine } from "./json-error-line.js";
import { findKeyProblem, type StoredKey } from "./stored-key.js";

/**
 * Parses `{"keys": [...]}`.
 *
 * @param file - its path, for the error
 * @throws {KeyFileError} the text is something else.
 */
export function parseKeys(text: string, file: string): readonly StoredKey[] {
  const value = parseJson(text, file);
  if (!isObject(value) || !Array.isArray(value["keys"])) {
    throw new KeyFileError(file, 'it must hold an object with a list of keys, as in {"keys": []}');
  }
  const keys = value["keys"] as unknown[];
  const ids = new Set<string>();
  return keys.map((key, i) => {
    const problem = findKeyProblem(key);
    if (problem !== undefined) throw new KeyFileError(file, `keys[${i}] ${problem}`);
    const stored = key as StoredKey;
    if (ids.has(stored.accessKeyId)) {
      throw new KeyFileError(file, `keys[${i}] has the same accessKeyId as another key`);
    }
    ids.add(stored.accessKeyId);
    return stored;
  });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // no cause: it would repeat a part of the file
    throw new KeyFileError(file, `line ${jsonErrorLine(text)} isn't valid JSON`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
