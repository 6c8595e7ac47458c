/** HTTP/2 frames written by hand, for clients that are faster, or worse, than a library. */

export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
export const END_STREAM = 1;
export const END_HEADERS = 4;

/** A header as an HPACK literal. @param index - of its name in the static table; 0 for a name of its own */
export function literal(index, value, name) {
  const own = name === undefined ? [] : [length(name.length), Buffer.from(name)];
  return Buffer.concat([Buffer.from([index]), ...own, length(value.length), Buffer.from(value)]);
}

/** A length in HPACK's integers with a prefix of 7 bits (RFC 7541, 5.1). */
function length(value) {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  for (let rest = value - 127; ; rest >>= 7) {
    bytes.push(rest < 128 ? rest : (rest & 127) | 128);
    if (rest < 128) return Buffer.from(bytes);
  }
}

/** A frame: 24 bits of length, type, flags, stream (RFC 9113, 4.1). */
export function frame(type, flags, stream, payload = Buffer.alloc(0)) {
  const start = Buffer.alloc(9);
  start.writeUIntBE(payload.length, 0, 3);
  start.writeUInt8(type, 3);
  start.writeUInt8(flags, 4);
  start.writeUInt32BE(stream, 5);
  return Buffer.concat([start, payload]);
}

/** SETTINGS with the initial window of each stream, in bytes. */
export function settings(window) {
  const setting = Buffer.alloc(6);
  setting.writeUInt16BE(4, 0);
  setting.writeUInt32BE(window, 2);
  return frame(4, 0, 0, setting);
}
