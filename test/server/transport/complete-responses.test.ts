import { once } from "node:events";
import { connect } from "node:http2";

import { expect, it } from "vitest";

import { startServer, STREAM, until } from "../support/start.js";

const REQUESTS = 300;

it("logs no abort of a stream over HTTP/2 that was read to its end", async () => {
  const { server, lines } = await startServer({ tokens: ["Hel", "lo"] });
  const session = connect(server.url);
  const ask = async () => {
    const stream = session.request({ ":method": "POST", ":path": STREAM });
    stream.end('{"prompt":"Hi"}');
    stream.resume();
    await once(stream, "end");
  };
  // in parallel, so that one write sends many frames
  for (let i = 0; i < REQUESTS; i += 50) await Promise.all(Array.from({ length: 50 }, ask));
  await until(() => lines.length === REQUESTS, "the last log line");
  session.close();
  expect(lines.filter(({ abortedByClient }) => abortedByClient === true)).toEqual([]);
});
