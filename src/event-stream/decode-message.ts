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

/** The lengths in the first 12 bytes of a message. */
export interface Prelude {
  /** Length of the whole message, including prelude and checksums. */
  readonly totalBytes: number;
  readonly headersBytes: number;
}

/**
 * Reads the prelude of a message, and checks all that can be checked before the rest arrives.
 *
 * @param bytes - at least the first 12 bytes of a message
 * @throws {MessageCorruptError} the checksum is wrong, or the two lengths contradict each other.
 * @throws {MessageTooLargeError} a length exceeds the format's limits.
 */
export function readPrelude(bytes: Uint8Array): Prelude {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getInt32(8) !== CRC32.buf(bytes.subarray(0, 8))) {
    throw new MessageCorruptError("prelude checksum", "it doesn't match the two lengths before it.");
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
 * Decodes one whole message.
 *
 * @param bytes - exactly the message; the result shares no memory with it
 * @param prelude - the result of {@link readPrelude} for its first bytes
 * @throws {MessageCorruptError} the checksum or a header is wrong.
 */
export function decodeMessage(bytes: Uint8Array, { totalBytes, headersBytes }: Prelude): Message {
  const end = totalBytes - CHECKSUM_BYTES;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getInt32(end) !== CRC32.buf(bytes.subarray(0, end))) {
    throw new MessageCorruptError("message checksum", "it doesn't match the bytes before it.");
  }
  const body = PRELUDE_BYTES + headersBytes;
  return {
    headers: decodeHeaders(bytes, PRELUDE_BYTES, body),
    // not `slice`: that of a Node Buffer returns a view of the same memory
    body: new Uint8Array(bytes.subarray(body, end)),
  };
}
