import { connect as connectHttp2, constants } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it, onTestFinished } from "vitest";

import { PIPELINED_REQUESTS } from "../../../src/server/transport/pipelining.js";
import { openRaw, protocols, type RawConnection, sendHttp1 } from "../support/http.js";
import { frame, PREFACE, requestFrames, windows } from "../support/raw-http2.js";
import { INVOKE, startServer, STREAM, until } from "../support/start.js";

const HELLO = { tokens: ["Hello"] };
const BODY = '{"prompt":"Hi"}';
const endless = { tokens: ["a", { text: "b", delayMs: 600_000 }] };

/** HTTP/2's types of frames (RFC 9113, 6). */
const [HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION] = [
  1, 3, 4, 5, 6, 7, 8, 9,
];
const cancel = (stream: number) => frame(RST_STREAM, 0, stream, Buffer.from([0, 0, 0, 8]));

/** The error codes of the GOAWAY frames that a connection got. */
function goaways({ received }: RawConnection): number[] {
  const bytes = Buffer.from(received, "latin1");
  const codes: number[] = [];
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    if (bytes[at + 3] === GOAWAY) codes.push(bytes.readUInt32BE(at + 13));
  }
  return codes;
}

async function expectServing(url: string): Promise<void> {
  for (const [, send] of protocols) {
    expect(await send(url, INVOKE, { body: BODY })).toMatchObject({ status: 200 });
  }
}

describe("requests one behind the other, unanswered, on a connection of HTTP/1.1", () => {
  const post = (length: string, body: string) =>
    `POST ${STREAM} HTTP/1.1\r\nHost: localhost\r\n${length}\r\n\r\n${body}`;
  const kinds = [
    ["with a length", post(`Content-Length: ${BODY.length}`, BODY)],
    ["in chunks", post("Transfer-Encoding: chunked", `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`)],
    ["behind empty lines", `${"\r\n".repeat(40)}${post(`Content-Length: ${BODY.length}`, BODY)}`],
    ["with long heads", post(`Content-Length: ${BODY.length}\r\nX-Long: ${"x".repeat(2_000)}`, BODY)],
  ] as const;

  it.each(kinds)("are begun a few at a time: %s", async (_, request) => {
    const { server, engine } = await startServer(endless, { model: { sequences: 500 } });
    const { socket } = openRaw(server.url);
    onTestFinished(() => void socket.destroy());
    socket.write(request.repeat(200));
    // the body of the last may be behind the piece that had its head
    await until(() => engine.requests.length >= PIPELINED_REQUESTS - 1, "the first requests");
    await sleep(200);
    expect(engine.requests.length).toBeLessThanOrEqual(PIPELINED_REQUESTS + 3);
    expect(await sendHttp1(server.url, "/health", { method: "GET" })).toMatchObject({ status: 200 });
  });

  it.each([
    ["GET /health", "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["with a length", post(`Content-Length: ${BODY.length}`, BODY)],
    ["in chunks", post("Transfer-Encoding: chunked", `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`)],
    ["behind empty lines", `\r\n\r\n\r\n${post(`Content-Length: ${BODY.length}`, BODY)}`],
    ["a body of empty lines", post("Content-Length: 3000", "\r\n".repeat(1_500))],
  ])("are all answered, each once: %s", async (_, request) => {
    const { server } = await startServer(HELLO);
    const connection = openRaw(server.url);
    connection.socket.write(request.repeat(300));
    const answers = () => connection.received.match(/HTTP\/1\.1 \d+/gu)?.length ?? 0;
    await until(() => answers() >= 300, "300 answers");
    await sleep(50);
    expect(answers()).toBe(300);
    connection.socket.destroy();
  });
});

describe("requests over HTTP/2 that are reset at once", () => {
  it("end the connection, and most of them are never begun", async () => {
    const { server, lines } = await startServer(HELLO);
    const connection = openRaw(server.url);
    const flood = Array.from({ length: 1_000 }, (_, i) => [
      requestFrames(2 * i + 1, INVOKE, BODY),
      cancel(2 * i + 1),
    ]);
    connection.socket.write(Buffer.concat([PREFACE, windows(65_536), ...flood.flat()]));
    await connection.closed;
    expect(goaways(connection)).toContain(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    expect(lines.length).toBeLessThan(300);
    await expectServing(server.url);
  });

  it("end the connection when they come a few at a time", async () => {
    const { server } = await startServer(HELLO, { limits: { streamsPerConnection: 5 } });
    const connection = openRaw(server.url);
    connection.socket.write(Buffer.concat([PREFACE, windows(65_536)]));
    for (let i = 0; i < 100 && !connection.socket.destroyed; i += 1) {
      connection.socket.write(Buffer.concat([requestFrames(2 * i + 1, INVOKE), cancel(2 * i + 1)]));
      await sleep(10);
    }
    await connection.closed;
    expect(goaways(connection)).toContain(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    await expectServing(server.url);
  });

  it("don't, where a client cancels all that it may have open", async () => {
    const { server, engine } = await startServer(endless, { model: { sequences: 100 } });
    const session = connectHttp2(server.url);
    onTestFinished(() => session.destroy());
    const streams = Array.from({ length: 100 }, () => {
      const stream = session.request({ ":method": "POST", ":path": STREAM });
      stream.on("error", () => undefined).resume();
      return stream.end(BODY);
    });
    await until(() => engine.requests.length === 100, "all requests");
    for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
    // requests that are cancelled before their answer begins, too: their bodies are never sent
    for (let i = 0; i < 50; i += 1) {
      const stream = session.request({ ":method": "POST", ":path": STREAM }, { endStream: false });
      stream.on("error", () => undefined);
      await sleep(2);
      stream.close(constants.NGHTTP2_CANCEL);
    }
    await new Promise((resolve, reject) =>
      session.ping((error) => (error ? reject(error) : resolve(undefined))),
    );
    expect(session.closed || session.destroyed).toBe(false);
  });
});

describe("frames of HTTP/2 that make the server work for nothing", () => {
  const setting = Buffer.from([0, 4, 0, 1, 0, 0]);
  const bare = requestFrames(1, INVOKE);
  /** Each with what it may cost: the connection ends, or all of it is read. */
  const floods: readonly (readonly [string, readonly Buffer[]])[] = [
    [
      "CONTINUATION without an end",
      [
        frame(HEADERS, 0, 1, bare.subarray(9)),
        ...Array<Buffer>(5_000).fill(frame(CONTINUATION, 0, 1, Buffer.alloc(0))),
      ],
    ],
    ["SETTINGS", Array<Buffer>(5_000).fill(frame(SETTINGS, 0, 0, setting))],
    ["PING", Array<Buffer>(5_000).fill(frame(PING, 0, 0, Buffer.alloc(8)))],
    ["empty DATA", [bare, ...Array<Buffer>(5_000).fill(frame(0, 0, 1, Buffer.alloc(0)))]],
    ["WINDOW_UPDATE of nothing", Array<Buffer>(5_000).fill(frame(WINDOW_UPDATE, 0, 0, Buffer.alloc(4)))],
    ["PUSH_PROMISE", Array<Buffer>(50).fill(frame(PUSH_PROMISE, 4, 1, Buffer.alloc(8)))],
    ["an unknown type", Array<Buffer>(5_000).fill(frame(99, 0, 0, Buffer.alloc(8)))],
  ];

  it.each(floods)("%s: others are served, and the connection can be replaced", async (_, frames) => {
    const { server } = await startServer(HELLO, { limits: { connections: 2 } });
    const attackers = [openRaw(server.url), openRaw(server.url)];
    for (const { socket } of attackers) {
      // it reads none of the answers
      socket.pause();
      socket.write(Buffer.concat([PREFACE, windows(65_536), ...frames]));
    }
    await sleep(100);
    await expectServing(server.url);
    for (const { socket } of attackers) socket.destroy();
  });
});

describe("a connection of HTTP/2 whose client has gone", () => {
  const openSockets = () =>
    process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length;

  it.each([
    ["in the middle of bodies that are read", INVOKE],
    ["in the middle of bodies that aren't", "/model/nothing/invoke"],
  ])("goes at once: %s", async (_, path) => {
    const { server, lines } = await startServer(HELLO, { limits: { bodyBytes: 100_000 } });
    const before = openSockets();
    const count = 10;
    for (let i = 0; i < count; i += 1) {
      const connection = openRaw(server.url);
      const data = frame(0, 0, 1, Buffer.alloc(16_000, "x"));
      connection.socket.write(
        Buffer.concat([PREFACE, windows(65_536), requestFrames(1, path), data, data, data]),
      );
      // else a busy server may never see the request
      await until(() => connection.received !== "", "the server's settings");
      await sleep(20);
      connection.socket.destroy();
      await connection.closed;
    }
    await until(() => lines.length === count, "the end of all requests");
    await until(() => openSockets() <= before, "the end of all connections");
  });
});

describe("requests that hold no slot", () => {
  it("are bounded: the oldest is reset, and the server goes on", async () => {
    const { server, lines } = await startServer(HELLO, { limits: { slotless: 3 } });
    const session = connectHttp2(server.url);
    onTestFinished(() => session.destroy());
    const held = Array.from({ length: 5 }, () => {
      const post = { ":method": "POST", ":path": "/model/nothing/invoke" };
      const stream = session.request(post, { endStream: false });
      stream.on("error", () => undefined);
      stream.write("beginning");
      return stream;
    });
    await until(() => lines.length === 2, "the end of two");
    await until(() => held.filter(({ closed }) => closed).length === 2, "the resets");
    expect(held.map(({ closed }) => closed)).toEqual([true, true, false, false, false]);
    await expectServing(server.url);
    for (let i = 0; i < 10; i += 1) {
      expect(await sendHttp1(server.url, "/health", { method: "GET" })).toMatchObject({ status: 200 });
    }
  });
});
