import CRC32 from "crc-32";

import { headersLength, writeHeaders } from "./encode-headers.js";
import { MessageTooLargeError } from "./errors.js";
import {
  CHECKSUM_BYTES,
  MAX_BODY_BYTES,
  MAX_HEADERS_BYTES,
  OVERHEAD_BYTES,
  PRELUDE_BYTES,
} from "./limits.js";
import type { Message } from "./message.js";

/**
 * Encodes one message, in one allocation of its exact length.
 *
 * @throws {InvalidHeaderError} the format can't represent a header's name or value.
 * @throws {MessageTooLargeError} the headers exceed 128 KiB, or the body 24 MiB.
 */
export function encodeMessage({ headers, body }: Message): Uint8Array {
  const headersBytes = headersLength(headers);
  if (headersBytes > MAX_HEADERS_BYTES) {
    throw new MessageTooLargeError("headers", headersBytes, MAX_HEADERS_BYTES);
  }
  if (body.length > MAX_BODY_BYTES) throw new MessageTooLargeError("body", body.length, MAX_BODY_BYTES);

  const bytes = new Uint8Array(OVERHEAD_BYTES + headersBytes + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length);
  view.setUint32(4, headersBytes);
  view.setInt32(8, CRC32.buf(bytes.subarray(0, 8)));
  writeHeaders(headers, bytes, view, PRELUDE_BYTES);
  bytes.set(body, PRELUDE_BYTES + headersBytes);
  const end = bytes.length - CHECKSUM_BYTES;
  view.setInt32(end, CRC32.buf(bytes.subarray(0, end)));
  return bytes;
}
