import CRC32 from "crc-32";
import { encodeMessage } from "./encode-message.js";
import { CHECKSUM_BYTES, PRELUDE_BYTES } from "./limits.js";
import type { MessageHeaders } from "./message.js";

/** A message of fixed length that can be sent in part before the end of its body is known. */
export interface OpenTextMessage {
  /** The known bytes: the prelude, the headers and the beginning of the body. */
  readonly start: Uint8Array;
  /**
   * Completes the message: returns the bytes that follow {@link start}, including the checksum of the whole message.
   *
   * @param bodyEnd - the rest of the body
   * @throws {RangeError} the body doesn't have the length that the prelude states.
   */
  readonly finish: (bodyEnd: string) => Uint8Array;
}

const utf8 = new TextEncoder();

/**
 * Begins a message with a text body.
 *
 * @param bodyStart - the beginning of the body
 * @param bodyBytes - the length of the whole body, in bytes of UTF-8
 * @throws {InvalidHeaderError} the format can't represent a header's name or value.
 * @throws {MessageTooLargeError} the headers exceed 128 KiB, or the body 24 MiB.
 */
export function openTextMessage(
  headers: MessageHeaders,
  bodyStart: string,
  bodyBytes: number,
): OpenTextMessage {
  const known = utf8.encode(bodyStart);
  // prelude and headers don't depend on the body's content, only on its length
  const body = new Uint8Array(bodyBytes);
  body.set(known);
  const message = encodeMessage({ headers, body });
  const headersBytes = message.length - PRELUDE_BYTES - bodyBytes - CHECKSUM_BYTES;
  const start = message.subarray(0, PRELUDE_BYTES + headersBytes + known.length);
  const checksum = CRC32.buf(start);
  return {
    start,
    finish(bodyEnd) {
      const end = utf8.encode(bodyEnd);
      if (known.length + end.length !== bodyBytes) {
        throw new RangeError(`The body has ${known.length + end.length} bytes instead of ${bodyBytes}.`);
      }
      const rest = new Uint8Array(end.length + CHECKSUM_BYTES);
      rest.set(end);
      new DataView(rest.buffer).setInt32(end.length, CRC32.buf(end, checksum));
      return rest;
    },
  };
}
