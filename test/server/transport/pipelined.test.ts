import { it } from "vitest";

import { openRaw } from "../support/http.js";
import { INVOKE, type LogLine, startServer, STREAM, until } from "../support/start.js";

/** Requests that were sent one behind the other, and whose connection ends before their turn to be answered comes. */
const BODY = '{"prompt":"Hi"}';

/** @param protocol - the version, and the headers that follow */
const requestOf = (path: string, protocol = "HTTP/1.1") =>
  `POST ${path} ${protocol}\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

const ended = (lines: readonly LogLine[]) =>
  lines.filter(({ durationMs }) => durationMs !== undefined).length;

/** Its tokens never end by themselves; every other request's come at once. */
const firstNeverEnds = () => {
  let requests = 0;
  const tokens = Array.from({ length: 500 }, () => "Hello");
  return () => {
    requests += 1;
    return requests === 1 ? { tokens: ["Hel", { text: "lo", delayMs: 600_000 }] } : { tokens };
  };
};

it.each([
  ["streams that are done", STREAM, 3],
  ["whole answers that are done", INVOKE, 3],
  ["a stream whose end would come late", STREAM, 2],
])("a client that leaves ends them: %s", async (name, path, count) => {
  // one request's place and one sequence for each of them, so that a kept one would show
  const { server, engine, lines } = await startServer(firstNeverEnds(), {
    limits: { requests: count },
    model: { sequences: count },
  });
  const last = name.includes("late") ? requestOf(path, "HTTP/1.1\r\nConnection: close") : requestOf(path);
  const { socket } = openRaw(server.url);
  socket.write(requestOf(STREAM) + requestOf(path).repeat(count - 2) + last);
  await until(() => engine.requests.length === count && engine.tokensRead > count, "all requests");
  // those behind the first have written all that they have
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  await until(() => ended(lines) === count, "the end of all");
});

it.each(["HTTP/1.0\r\nConnection: keep-alive", "HTTP/1.0"])(
  "a response that only its connection's end can end ends them: the next one is %s",
  async (next) => {
    const { server, lines } = await startServer({ tokens: ["Hel", { text: "lo", delayMs: 50 }] });
    const { socket, closed } = openRaw(server.url);
    socket.write(requestOf(STREAM, "HTTP/1.0\r\nConnection: keep-alive") + requestOf(STREAM, next));
    await closed;
    await until(() => ended(lines) === 2, "the end of both");
    await server.close();
  },
);
