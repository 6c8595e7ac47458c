import { once } from "node:events";
import { connect } from "node:net";

import { MODEL } from "./work.mjs";

const HEAD_END = Buffer.from("\r\n\r\n");
const CRLF = Buffer.from("\r\n");

/** InvokeModelWithResponseStream. */
const invoke = (prompt) => ({
  path: `/model/${MODEL}/invoke-with-response-stream`,
  body: { prompt, max_gen_len: 2048 },
});

/**
 * A connection that makes one request after another.
 *
 * @param requestOf - the path and the body for a prompt. @default Bedrock's
 */
export async function openHttp1(port, requestOf = invoke) {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  let onBytes = () => undefined;
  socket.on("data", (bytes) => onBytes(bytes));
  socket.on("error", () => undefined);
  return {
    /** @param onData - called with the parts of the body */
    request(prompt, onData) {
      const { path, body } = requestOf(prompt);
      const json = JSON.stringify(body);
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`,
      );
      return new Promise((resolve) => {
        onBytes = readResponse(onData, resolve);
      });
    },
    close: () => socket.destroy(),
  };
}

/** Reads a head, and a body in chunks. */
function readResponse(onData, onEnd) {
  let rest = Buffer.alloc(0);
  let inBody = false;
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    if (!inBody) {
      const end = rest.indexOf(HEAD_END);
      if (end < 0) return;
      if (rest.toString("latin1", 9, 12) !== "200") throw new Error(rest.toString());
      inBody = true;
      rest = rest.subarray(end + 4);
    }
    let at = 0;
    for (;;) {
      const line = rest.indexOf(CRLF, at);
      if (line < 0) break;
      const size = Number.parseInt(rest.latin1Slice(at, line), 16);
      if (rest.length < line + 2 + size + 2) break;
      at = line + 2 + size + 2;
      if (size === 0) {
        onEnd();
        break;
      }
      onData(rest.subarray(line + 2, line + 2 + size));
    }
    rest = rest.subarray(at);
  };
}
