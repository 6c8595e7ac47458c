/** A value as `JSON.parse` returns it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object as parsed. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Whether a value is a JSON object. */
export function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The most values a body may hold. A turn of a conversation has five, so this allows 50,000 turns, more than fit into a context
 * of 128k tokens. Without this bound, a body of 25 MB can hold eight million objects, and `JSON.parse` blocks the process for up
 * to ten seconds and takes half a gigabyte of memory (measured). With it, parsing takes a tenth of a second.
 */
export const MAX_JSON_VALUES = 250_000;

/** Refuses bytes that aren't UTF-8, and keeps a byte order mark, which `JSON.parse` then refuses. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;

/**
 * Parses a body as JSON.
 *
 * @throws {TypeError} the body isn't UTF-8.
 * @throws {SyntaxError} the body isn't JSON.
 * @throws {RangeError} the body holds more than {@link MAX_JSON_VALUES} values.
 */
export function parseJson(body: Uint8Array): JsonValue {
  if (hasTooManyValues(body)) throw new RangeError(`The body holds more than ${MAX_JSON_VALUES} values.`);
  return JSON.parse(utf8.decode(body)) as JsonValue;
}

/** Counts without parsing: each value except the outermost follows a comma or an opening bracket. */
function hasTooManyValues(body: Uint8Array): boolean {
  // a value and its separator take at least two bytes
  if (body.length <= 2 * MAX_JSON_VALUES) return false;
  let values = 1;
  let inString = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === COMMA || byte === OPEN_LIST || byte === OPEN_OBJECT) {
      values += 1;
      if (values > MAX_JSON_VALUES) return true;
    }
  }
  return false;
}
