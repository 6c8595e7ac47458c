import CRC32 from "crc-32";

import { decodeHeaders } from "./decode-headers.js";
import { MessageCorruptError, MessageTooLargeError } from "./errors.js";
import {
  CHECKSUM_BYTES,
  MAX_BODY_BYTES,
  MAX_HEADERS_BYTES,
  OVERHEAD_BYTES,
  PRELUDE_BYTES,
} from "./limits.js";
import type { Message } from "./message.js";

/** Where a message's parts lie, as its first 12 bytes say. */
export interface Prelude {
  /** Length of the whole message, prelude and checksums included. */
  readonly totalBytes: number;
  readonly headersBytes: number;
}

/**
 * Reads a message's prelude, and checks everything that can be checked before the message itself is there.
 *
 * @param bytes - at least the first 12 bytes of a message
 * @throws {MessageCorruptError} the checksum is wrong, or the two lengths contradict each other.
 * @throws {MessageTooLargeError} a length is beyond the format's limits.
 */
export function readPrelude(bytes: Uint8Array): Prelude {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getInt32(8) !== CRC32.buf(bytes.subarray(0, 8))) {
    throw new MessageCorruptError("prelude checksum", "it does not fit the two lengths in front of it.");
  }
  const totalBytes = view.getUint32(0);
  const headersBytes = view.getUint32(4);
  const bodyBytes = totalBytes - headersBytes - OVERHEAD_BYTES;
  if (bodyBytes < 0) {
    throw new MessageCorruptError(
      "lengths",
      `${totalBytes} bytes can't hold ${headersBytes} bytes of headers.`,
    );
  }
  if (headersBytes > MAX_HEADERS_BYTES)
    throw new MessageTooLargeError("headers", headersBytes, MAX_HEADERS_BYTES);
  if (bodyBytes > MAX_BODY_BYTES) throw new MessageTooLargeError("body", bodyBytes, MAX_BODY_BYTES);
  return { totalBytes, headersBytes };
}

/**
 * Reads one whole message.
 *
 * @param bytes - exactly the message; the result shares no memory with it
 * @param prelude - what {@link readPrelude} read from its first bytes
 * @throws {MessageCorruptError} the checksum or a header is wrong.
 */
export function decodeMessage(bytes: Uint8Array, { totalBytes, headersBytes }: Prelude): Message {
  const end = totalBytes - CHECKSUM_BYTES;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getInt32(end) !== CRC32.buf(bytes.subarray(0, end))) {
    throw new MessageCorruptError("message checksum", "it does not fit the bytes in front of it.");
  }
  const body = PRELUDE_BYTES + headersBytes;
  return {
    headers: decodeHeaders(bytes, PRELUDE_BYTES, body),
    // not `slice`, which a Node Buffer answers with a view of the same memory
    body: new Uint8Array(bytes.subarray(body, end)),
  };
}
