const encoder = new TextEncoder();
// a byte order mark is a character like any other here, and bytes that are no UTF-8 must not turn into U+FFFD silently
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes of `text` as UTF-8. A lone surrogate counts as the replacement character that it's written as. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // a pair is four bytes; counted so far: three and the low surrogate's one
    if (isSurrogatePair(unit, text.charCodeAt(index + 1))) index++;
  }
  return bytes;
}

/** Writes `text` at `offset` and returns the offset behind it. The caller has made sure that it fits. */
export function writeUtf8(text: string, target: Uint8Array, offset: number): number {
  // header names and values are short and nearly always ASCII, where this is faster than a call of the encoder
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return offset + encoder.encodeInto(text, target.subarray(offset)).written;
    target[offset + index] = unit;
  }
  return offset + text.length;
}

/**
 * Reads the bytes from `start` to `end` as UTF-8.
 *
 * @throws {TypeError} they are not UTF-8.
 */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}

function isSurrogatePair(high: number, low: number): boolean {
  return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}
