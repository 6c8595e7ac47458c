const encoder = new TextEncoder();
// keeps a byte order mark, and throws for bytes that aren't UTF-8 instead of replacing them with U+FFFD
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The length of `text` as UTF-8, in bytes. A lone surrogate counts as the replacement character, which replaces it. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // a pair takes four bytes; counted so far are three, and one for the low surrogate
    if (isSurrogatePair(unit, text.charCodeAt(index + 1))) index++;
  }
  return bytes;
}

/** Writes `text` at `offset` and returns the offset after it. The caller must make sure that it fits. */
export function writeUtf8(text: string, target: Uint8Array, offset: number): number {
  // names and values are short and nearly always ASCII, for which this loop is faster than the encoder
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return offset + encoder.encodeInto(text, target.subarray(offset)).written;
    target[offset + index] = unit;
  }
  return offset + text.length;
}

/**
 * Decodes the bytes from `start` to `end` as UTF-8.
 *
 * @throws {TypeError} the bytes aren't UTF-8.
 */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}

function isSurrogatePair(high: number, low: number): boolean {
  return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}
