/** The longest frame that a server may send by default (RFC 9113, 4.2). */
const MAX_FRAME = 2 ** 24 - 1;

/** The last type of frame that Node's server sends (CONTINUATION). */
const LAST_TYPE = 9;

/** Frames of the connection as a whole, those of a stream, and WINDOW_UPDATE, which is either (RFC 9113, 6). */
const ON_CONNECTION = new Set([4, 6, 7]);
const ON_STREAM = new Set([0, 1, 2, 3, 5, 9]);

/**
 * Checks that the bytes a server sent are valid HTTP/2 frames.
 *
 * @returns the bytes of an unfinished frame at the end
 * @throws {Error} they aren't.
 */
export function checkHttp2(received: string): string {
  const bytes = Buffer.from(received, "latin1");
  let at = 0;
  while (bytes.length - at >= 9) {
    const length = bytes.readUIntBE(at, 3);
    const type = bytes.readUInt8(at + 3);
    const stream = bytes.readUInt32BE(at + 5);
    if (length > MAX_FRAME || type > LAST_TYPE)
      throw new Error(`A frame of type ${type} with ${length} bytes.`);
    if (at === 0 && type !== 4) throw new Error(`The first frame has type ${type} instead of SETTINGS.`);
    if (ON_CONNECTION.has(type) ? stream !== 0 : ON_STREAM.has(type) && stream % 2 === 0) {
      throw new Error(`A frame of type ${type} on stream ${stream}.`);
    }
    if (bytes.length < at + 9 + length) break;
    at += 9 + length;
  }
  return received.slice(at);
}
