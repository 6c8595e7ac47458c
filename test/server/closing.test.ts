import { connect as connectHttp2 } from "node:http2";
import type { Socket } from "node:net";

import { describe, expect, it, vi } from "vitest";

import { openRaw } from "./support/http.js";
import { frame, post, PREFACE, windows } from "./support/raw-http2.js";
import { INVOKE, startServer, STREAM, until } from "./support/start.js";
import { identity, openSecure } from "./support/tls.js";

// connections, on a machine that may be busy
vi.setConfig({ testTimeout: 60_000 });

/** Far less than the minute after which a client that reads nothing is disconnected, for a busy machine. */
const AT_ONCE_MS = 15_000;

const BODY = '{"prompt":"Hi","max_gen_len":2048}';
/** More than the buffers of both sides hold, 10 MB. */
const LARGE = { tokens: Array<string>(2_000).fill("x".repeat(5_000)) };

const http1 = (path: string) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;
const http2 = (path: string) => Buffer.concat([PREFACE, windows(100_000_000), post(path, BODY)]);
/** SETTINGS_INITIAL_WINDOW_SIZE 0: not a byte of an answer's body may be sent. */
const NO_WINDOW = frame(4, 0, 0, Uint8Array.of(0, 4, 0, 0, 0, 0));
const http2WithoutWindow = (path: string) => Buffer.concat([PREFACE, NO_WINDOW, post(path, BODY)]);

type Open = (url: string, bytes: string | Uint8Array) => Promise<Socket>;

const plain: Open = (url, bytes) => {
  const { socket } = openRaw(url);
  socket.pause();
  socket.write(bytes);
  return Promise.resolve(socket);
};
const secure =
  (ALPNProtocols: string[]): Open =>
  async (url, bytes) => {
    const { socket } = await openSecure(url, { ALPNProtocols });
    socket.removeAllListeners("data");
    socket.pause();
    socket.write(bytes);
    return socket;
  };
/** Clients that send a request, and read nothing of what comes back. The last function is called after the first token. */
const clients: readonly (readonly [
  string,
  Open,
  (path: string) => string | Uint8Array,
  (socket: Socket) => void,
])[] = [
  ["HTTP/1.1", plain, http1, () => undefined],
  ["HTTP/2", plain, http2, () => undefined],
  ["HTTP/2 with a window of 0", plain, http2WithoutWindow, () => undefined],
  ["HTTP/1.1 over TLS", secure(["http/1.1"]), http1, () => undefined],
  ["HTTP/2 over TLS", secure(["h2"]), http2, () => undefined],
  ["HTTP/2 over TLS with a window of 0", secure(["h2"]), http2WithoutWindow, () => undefined],
  // at once it may be taken for gone before its request is looked at
  ["HTTP/1.1, half-open", plain, http1, (socket) => socket.end()],
];

describe.each(clients)("a client that reads nothing, over %s", (_, open, request, afterFirst) => {
  it.each([
    ["a stream", STREAM],
    ["a whole answer", INVOKE],
  ])("doesn't keep a server open that is closed at once: %s", async (_name, path) => {
    const { server, engine } = await startServer(LARGE, { tls: identity });
    const socket = await open(server.url, request(path));
    await until(() => engine.tokensRead > 0, "the first token");
    afterFirst(socket);
    // until nothing more can be sent
    for (let before = -1; before !== engine.tokensRead;) {
      before = engine.tokensRead;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const startedAt = performance.now();
    await server.close({ graceMs: 0 });
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
    socket.destroy();
  });
});

describe("a request whose body never comes", () => {
  it.each([
    ["HTTP/1.1", `POST ${INVOKE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{`],
    ["a head without an end", "GET /health HTTP/1.1\r\nHost: local"],
    ["nothing", ""],
  ])("doesn't keep a server open that is closed at once: %s", async (_, bytes) => {
    const { server } = await startServer({ tokens: ["x"] });
    const { socket } = openRaw(server.url);
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.write(bytes);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const startedAt = performance.now();
    await server.close({ graceMs: 0 });
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
  });

  it("doesn't keep a server open that is closed at once: HTTP/2", async () => {
    const { server } = await startServer({ tokens: ["x"] });
    const session = connectHttp2(server.url);
    session.on("error", () => undefined);
    const stream = session.request({ ":method": "POST", ":path": INVOKE });
    stream.on("error", () => undefined);
    stream.write("{");
    await new Promise((resolve) => setTimeout(resolve, 100));
    const startedAt = performance.now();
    await server.close({ graceMs: 0 });
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
  });
});
