/** The longest record allowed: 2¹⁴ bytes and the overhead of encryption (RFC 8446, 5.2). */
const MAX_RECORD = 2 ** 14 + 256;

/** Types of records: change of cipher, alert, handshake, data. */
const TYPES = new Set([20, 21, 22, 23]);

/**
 * Checks that the bytes a server sent are valid TLS records; the last may be incomplete, since the client has disconnected.
 *
 * @throws {Error} they aren't.
 */
export function checkTls(received: string): void {
  const bytes = Buffer.from(received, "latin1");
  for (let at = 0; bytes.length - at >= 5;) {
    // the version may be any that the client sent
    const type = bytes.readUInt8(at);
    const length = bytes.readUInt16BE(at + 3);
    if (!TYPES.has(type) || length > MAX_RECORD) {
      throw new Error(`This isn't TLS: ${received.slice(at, at + 100)}`);
    }
    at += 5 + length;
  }
}
