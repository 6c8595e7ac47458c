/** A value as `JSON.parse` returns it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object as parsed. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/**
 * Values a body may hold. A turn of a conversation has five, so that's 50,000 turns, more than a context of 128k tokens has
 * room for. Without a bound the 25 MB of a body hold eight million objects: up to ten seconds of `JSON.parse`, and half a
 * gigabyte, in which nobody else is served (measured); with it they are a tenth of a second.
 */
export const MAX_JSON_VALUES = 250_000;

/** Bytes that aren't UTF-8 are no JSON either; a byte order mark is taken for what it is: not JSON. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;

/**
 * Reads a body as JSON.
 *
 * @throws {TypeError} it isn't UTF-8.
 * @throws {SyntaxError} it isn't JSON.
 * @throws {RangeError} it holds more than {@link MAX_JSON_VALUES}.
 */
export function parseJson(body: Uint8Array): JsonValue {
  if (hasTooManyValues(body)) throw new RangeError(`The body holds more than ${MAX_JSON_VALUES} values.`);
  return JSON.parse(utf8.decode(body)) as JsonValue;
}

/** Counts without parsing: each value but the outermost has a comma or an opening bracket in front of it. */
function hasTooManyValues(body: Uint8Array): boolean {
  // a value and what sets it apart from the next take two bytes at least
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
