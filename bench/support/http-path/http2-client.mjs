import { once } from "node:events";
import { connect } from "node:net";

import { END_HEADERS, END_STREAM, frame, literal, PREFACE } from "../http2-frames.mjs";
import { MODEL } from "./work.mjs";

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
const ACK = 1;
const MAX_WINDOW = 2 ** 31 - 1;

/** A connection for many concurrent requests, with windows so large that they never fill up. */
export async function openHttp2(port) {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  socket.on("error", () => undefined);
  const setting = Buffer.alloc(6);
  setting.writeUInt16BE(4, 0);
  setting.writeUInt32BE(MAX_WINDOW, 2);
  const update = Buffer.alloc(4);
  update.writeUInt32BE(MAX_WINDOW - 65_535);
  socket.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0, setting), frame(WINDOW_UPDATE, 0, 0, update)]));

  const streams = new Map();
  let next = 1;
  let rest = Buffer.alloc(0);
  socket.on("data", (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let at = 0;
    while (rest.length - at >= 9) {
      const length = rest.readUIntBE(at, 3);
      if (rest.length < at + 9 + length) break;
      const type = rest[at + 3];
      const flags = rest[at + 4];
      const id = rest.readUInt32BE(at + 5);
      if (type === DATA) {
        const stream = streams.get(id);
        if (length > 0) stream.onData(rest.subarray(at + 9, at + 9 + length));
        if (flags & END_STREAM) {
          streams.delete(id);
          stream.onEnd();
        }
      } else if (type === SETTINGS && !(flags & ACK)) {
        socket.write(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
      } else if (type === RST_STREAM || type === GOAWAY) {
        throw new Error(`A frame of type ${type} on stream ${id}.`);
      }
      at += 9 + length;
    }
    rest = rest.subarray(at);
  });

  return {
    /** @param onData - called with the parts of the body */
    request(prompt, onData) {
      const id = next;
      next += 2;
      const body = Buffer.from(JSON.stringify({ prompt, max_gen_len: 2048 }));
      socket.write(Buffer.concat([frame(HEADERS, END_HEADERS, id, head), frame(DATA, END_STREAM, id, body)]));
      return new Promise((onEnd) => streams.set(id, { onData, onEnd }));
    },
    close: () => socket.destroy(),
  };
}

/** HPACK: `:method POST` and `:scheme http` from the static table, `:path` and `:authority` as literals. */
const head = Buffer.concat([
  Buffer.from([0x83, 0x86]),
  literal(0x04, `/model/${MODEL}/invoke-with-response-stream`),
  literal(0x01, "localhost"),
]);
