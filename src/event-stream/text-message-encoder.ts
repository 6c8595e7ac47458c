import CRC32 from "crc-32";
import { encodeMessage } from "./encode-message.js";
import { CHECKSUM_BYTES, PRELUDE_BYTES } from "./limits.js";
import type { MessageHeaders } from "./message.js";

/**
 * Messages share buffers of this length, since allocating and collecting a buffer takes longer than encoding the message. A message that
 * is kept in memory keeps its whole slab there, about 60 frames of 200 to 400 bytes.
 */
const SLAB_BYTES = 16 * 1024;

/** A message that may be longer gets its own buffer, so that little of a slab is left unused. */
const MAX_SHARED_BYTES = 2 * 1024;

/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const MAX_UNIT_BYTES = 3;

const utf8 = new TextEncoder();
let slab = new Uint8Array();
let view = new DataView(slab.buffer);
let used = 0;

/**
 * Makes an encoder for messages with the same headers and a text body. It writes the same bytes as {@link encodeMessage} but is several
 * times as fast, since headers are checked and encoded once. Its messages may share a buffer.
 *
 * @returns the encoder; it throws {MessageTooLargeError} if the body exceeds 24 MiB.
 * @throws {InvalidHeaderError} the format can't represent a header's name or value.
 * @throws {MessageTooLargeError} the headers exceed 128 KiB.
 */
export function textMessageEncoder(headers: MessageHeaders): (body: string) => Uint8Array {
  const empty = encodeMessage({ headers, body: new Uint8Array() });
  const start = empty.subarray(0, -CHECKSUM_BYTES);
  const headersBytes = start.length - PRELUDE_BYTES;
  return (body) => {
    const maxBytes = empty.length + MAX_UNIT_BYTES * body.length;
    if (maxBytes > MAX_SHARED_BYTES) return encodeMessage({ headers, body: utf8.encode(body) });
    const from = reserve(maxBytes);
    slab.set(start, from);
    const { written } = utf8.encodeInto(body, slab.subarray(from + start.length));
    const end = from + start.length + written;
    used = end + CHECKSUM_BYTES;
    view.setUint32(from, used - from);
    view.setUint32(from + 4, headersBytes);
    view.setInt32(from + 8, CRC32.buf(slab.subarray(from, from + 8)));
    view.setInt32(end, CRC32.buf(slab.subarray(from, end)));
    return slab.subarray(from, used);
  };
}

/** Makes room for `bytes` in the slab; returns their offset. */
function reserve(bytes: number): number {
  if (used + bytes > slab.length) {
    slab = new Uint8Array(SLAB_BYTES);
    view = new DataView(slab.buffer);
    used = 0;
  }
  return used;
}
