/** The longest record that may be sent: 2¹⁴ bytes and what encryption adds (RFC 8446, 5.2). */
const MAX_RECORD = 2 ** 14 + 256;

/** Types of records: change of cipher, alert, handshake, data. */
const TYPES = new Set([20, 21, 22, 23]);

/**
 * Checks that what a server sent is TLS as far as records go; the last may be half there, for the client has broken off.
 *
 * @throws {Error} it isn't.
 */
export function checkTls(received: string): void {
  const bytes = Buffer.from(received, "latin1");
  for (let at = 0; bytes.length - at >= 5;) {
    // the version in between may be the client's own, whatever it said
    const type = bytes.readUInt8(at);
    const length = bytes.readUInt16BE(at + 3);
    if (!TYPES.has(type) || length > MAX_RECORD) {
      throw new Error(`This is no TLS: ${received.slice(at, at + 100)}`);
    }
    at += 5 + length;
  }
}
