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

/**
 * After so many bytes of a string, its end is searched for natively: 24 MB in 3 ms instead of 80 to 400. A search takes as long as a look at
 * some ten bytes, so texts of escaped quotes are better looked at byte by byte.
 */
const BYTES_BEFORE_SKIP = 64;

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
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === QUOTE) {
      at = closingQuote(body, at);
    } else if (byte === COMMA || byte === OPEN_LIST || byte === OPEN_OBJECT) {
      values += 1;
      if (values > MAX_JSON_VALUES) return true;
    }
  }
  return false;
}

/** Where the string ends that begins at `open`; the end of the body if it doesn't. Looks at each byte once. */
function closingQuote(body: Uint8Array, open: number): number {
  let skipFrom = open + BYTES_BEFORE_SKIP;
  for (let at = open + 1; at < body.length; at += 1) {
    if (at > skipFrom) {
      const quote = body.indexOf(QUOTE, at);
      if (quote < 0) break;
      // an escaped quote is passed, and what follows it is looked at byte by byte again
      const escaped = isEscaped(body, quote, at);
      if (!escaped) return quote;
      at = quote;
      skipFrom = at + BYTES_BEFORE_SKIP;
    } else if (body[at] === BACKSLASH) at += 1;
    else if (body[at] === QUOTE) return at;
  }
  return body.length;
}

/** Whether an odd number of backslashes stands before a byte. @param start - where a character of the string begins */
function isEscaped(body: Uint8Array, at: number, start: number): boolean {
  let first = at;
  while (first > start && body[first - 1] === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}
