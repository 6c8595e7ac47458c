/** HTTP/2 frames written by hand, for what no well-behaved client sends. */

export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

const END_STREAM = 1;
const END_HEADERS = 4;

/** A frame: 24 bits of length, type, flags, stream (RFC 9113, 4.1). */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** SETTINGS and WINDOW_UPDATE with a window of `bytes` for each stream and for the connection. */
export function windows(bytes: number): Buffer {
  const setting = Buffer.alloc(6);
  setting.writeUInt16BE(4, 0);
  setting.writeUInt32BE(bytes, 2);
  const update = Buffer.alloc(4);
  update.writeUInt32BE(bytes - 65_535);
  return Buffer.concat([frame(4, 0, 0, setting), frame(8, 0, 0, update)]);
}

export const PING = frame(6, 0, 0, Buffer.alloc(8, "p"));
export const PING_ACK = frame(6, 1, 0, Buffer.alloc(8, "p"));

/** A whole request on stream 1. */
export function post(path: string, body: string): Buffer {
  return requestFrames(1, path, body);
}

/** A whole request; without `body`, only its headers, with the body still to come. */
export function requestFrames(stream: number, path: string, body?: string): Buffer {
  // HPACK: `:method POST` and `:scheme http` from the static table, `:path` and `:authority` as literals
  const literal = (index: number, value: string) => [Buffer.from([index, value.length]), Buffer.from(value)];
  const headers = Buffer.concat([
    Buffer.from([0x83, 0x86]),
    ...literal(0x04, path),
    ...literal(0x01, "localhost"),
  ]);
  const head = frame(1, END_HEADERS, stream, headers);
  return body === undefined ? head : Buffer.concat([head, frame(0, END_STREAM, stream, Buffer.from(body))]);
}
