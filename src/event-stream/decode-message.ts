import CRC32 from "crc-32";

import { decodeHeaders } from "./decode-headers.js";
import { CHECKSUM_BYTES, PRELUDE_BYTES } from "./limits.js";
import { MessageCorruptError } from "./message-corrupt-error.js";
import type { Message } from "./message.js";
import type { Prelude } from "./prelude.js";

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
