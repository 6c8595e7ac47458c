/**
 * Node itself, writing the same bytes: the upper limit for Cria. Arguments: `http1` or `http2`, and `built` for frames that are
 * made beforehand or `encoding` for frames that are encoded when they are sent.
 */
import { once } from "node:events";
import { createServer as createHttp1 } from "node:http";
import { createServer as createHttp2 } from "node:http2";

import { answer } from "./process.mjs";
import { encode, parse, textOf, turnOf } from "./work.mjs";

const [protocol, way] = process.argv.slice(2);

const built = new Map();

/** @param number - from 1 on */
function frameOf(work, number, last) {
  if (way === "encoding" || work.kind === "paced") return encode(textOf(work), number, last);
  const key = last ? -number : number;
  let frame = built.get(key);
  if (!frame) built.set(key, (frame = encode(textOf(work), number, last)));
  return frame;
}

const HEADERS = {
  "content-type": "application/vnd.amazon.eventstream",
  "x-amzn-requestid": "11111111-2222-4333-8444-555555555555",
  "x-amzn-bedrock-content-type": "application/json",
};

async function write(work, writable) {
  for (let number = 1; ; number += 1) {
    if (work.kind !== "burst") await turnOf(work, number);
    const last = number === work.frames && work.kind !== "idle";
    if (!writable.write(frameOf(work, number, last))) await once(writable, "drain");
    if (last) break;
  }
  writable.end();
}

function read(readable, writable) {
  const parts = [];
  readable.on("data", (part) => parts.push(part));
  readable.on("end", () => {
    write(parse(JSON.parse(Buffer.concat(parts)).prompt), writable).catch(() => undefined);
  });
}

const server =
  protocol === "http1"
    ? createHttp1((request, response) => {
        response.writeHead(200, HEADERS);
        read(request, response);
      })
    : createHttp2({ settings: { maxConcurrentStreams: 100 } });
server.on("stream", (stream) => {
  stream.on("error", () => undefined);
  stream.respond({ ":status": 200, ...HEADERS });
  read(stream, stream);
});
server.listen(0, "127.0.0.1", () => answer(server.address().port));
