import CRC32 from "crc-32";
import { encodeMessage } from "./encode-message.js";
import { CHECKSUM_BYTES, PRELUDE_BYTES } from "./limits.js";
import type { MessageHeaders } from "./message.js";

/** A message that can be sent before the end of its body is known, since its length is fixed beforehand. */
export interface OpenTextMessage {
  /** The bytes that are known already: the prelude, the headers and the beginning of the body. */
  readonly start: Uint8Array;
  /**
   * The bytes that follow {@link start}, the checksum of the whole message among them.
   *
   * @param bodyEnd - what follows the beginning of the body
   * @throws {RangeError} with it the message isn't as long as its prelude says.
   */
  readonly finish: (bodyEnd: string) => Uint8Array;
}

const utf8 = new TextEncoder();

/**
 * Begins a message whose body is text.
 *
 * @param bodyStart - the beginning of the body
 * @param bodyBytes - the length of the whole body, as UTF-8
 * @throws {InvalidHeaderError} a header's name or value is outside what the format can carry.
 * @throws {MessageTooLargeError} the headers exceed 128 KiB, or the body 24 MiB.
 */
export function openTextMessage(
  headers: MessageHeaders,
  bodyStart: string,
  bodyBytes: number,
): OpenTextMessage {
  const known = utf8.encode(bodyStart);
  // prelude and headers depend on the length of the body alone
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
        throw new RangeError(`A body of ${known.length + end.length} bytes; ${bodyBytes} were announced.`);
      }
      const rest = new Uint8Array(end.length + CHECKSUM_BYTES);
      rest.set(end);
      new DataView(rest.buffer).setInt32(end.length, CRC32.buf(end, checksum));
      return rest;
    },
  };
}
