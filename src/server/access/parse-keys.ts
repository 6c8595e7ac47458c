import { KeyFileError } from "../errors.js";
import { problemOfKey, type StoredKey } from "./stored-key.js";

/**
 * Reads `{"keys": [...]}`.
 *
 * @param file - its path, for the error
 * @throws {KeyFileError} it says something else.
 */
export function parseKeys(text: string, file: string): readonly StoredKey[] {
  const value = parseJson(text, file);
  if (!isObject(value) || !Array.isArray(value["keys"])) {
    throw new KeyFileError(file, 'it must hold an object with a list, as in {"keys": []}');
  }
  const keys = value["keys"] as unknown[];
  const ids = new Set<string>();
  return keys.map((key, i) => {
    const problem = problemOfKey(key);
    if (problem !== undefined) throw new KeyFileError(file, `keys[${i}] ${problem}`);
    const stored = key as StoredKey;
    if (ids.has(stored.accessKeyId)) {
      throw new KeyFileError(file, `keys[${i}] has an accessKeyId that another one has too`);
    }
    ids.add(stored.accessKeyId);
    return stored;
  });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // the cause repeats a part of the file
    throw new KeyFileError(file, `line ${jsonErrorLine(text)} isn't JSON`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/**
 * The line, from 1, at which a text stops being JSON. The engine's own messages can't be shown, as they repeat what they stumbled
 * on, and not all of them say where that was.
 *
 * @param text - something that `JSON.parse` refuses
 */
export function jsonErrorLine(text: string): number {
  const lines = text.split("\n");
  const at = lines.findIndex((_, i) => isBroken(lines.slice(0, i + 1).join("\n")));
  return at < 0 ? lines.length : at + 1;
}

/** Whether no continuation could make this JSON. */
function isBroken(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return false;
  } catch (error) {
    const { message } = error as SyntaxError;
    const position = /at position (\d+)/u.exec(message)?.[1];
    // a complaint about the very end would be settled by more text
    const atEnd = position !== undefined && Number(position) >= beginning.trimEnd().length;
    return !atEnd && !message.includes("end of JSON input");
  }
}
