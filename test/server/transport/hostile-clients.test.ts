import { type IncomingMessage, request } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";

import { describe, expect, it, vi } from "vitest";

import { withAdmission } from "../../../src/engine/index.js";
import { openRaw, protocols, sendHttp1, sendHttp2 } from "../support/http.js";
import { PING, PING_ACK, post, PREFACE, requestFrames, windows } from "../support/raw-http2.js";
import { INVOKE, startServer, STREAM, until } from "../support/start.js";

const HELLO = { tokens: ["Hello"] };
const BODY = '{"prompt":"Hi"}';

async function expectServing(url: string): Promise<void> {
  // one token: a whole answer of the flood below is 25 MB, which a busy machine doesn't read in time
  const { status } = await sendHttp1(url, INVOKE, { body: '{"prompt":"Hi","max_gen_len":1}' });
  expect(status).toBe(200);
}

describe("input that isn't HTTP", () => {
  it.each([
    ["garbage", Buffer.from("\x15\x03\x01\x02\x00garbage\r\n\r\n", "latin1")],
    ["a word", Buffer.from("hello\r\n\r\n")],
    ["nearly HTTP/2's preface", Buffer.from("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")],
  ])("is answered 400: %s", async (_, bytes) => {
    const { server } = await startServer(HELLO);
    const connection = openRaw(server.url);
    connection.socket.write(bytes);
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/u);
    await expectServing(server.url);
  });

  it("is disconnected after the HTTP/2 preface", async () => {
    const { server } = await startServer(HELLO);
    const connection = openRaw(server.url);
    connection.socket.write(Buffer.concat([PREFACE, Buffer.from("garbage ".repeat(20))]));
    await connection.closed;
    await expectServing(server.url);
  });
});

describe("a slow request", () => {
  it.each([
    ["nothing at all", ""],
    ["a part of HTTP/2's preface", PREFACE.subarray(0, 9)],
  ])("is timed out: %s", async (_, text) => {
    const { server } = await startServer(HELLO, { limits: { prefaceMs: 50 } });
    const connection = openRaw(server.url);
    connection.socket.write(text);
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 408 /u);
    await expectServing(server.url);
  });

  it("is served: one byte at a time", async () => {
    const { server } = await startServer(HELLO);
    const connection = openRaw(server.url);
    connection.socket.setNoDelay();
    const head = `POST ${INVOKE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${BODY.length}\r\n\r\n`;
    for (const character of head + BODY) {
      connection.socket.write(character);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await connection.closed;
    expect(connection.received).toMatch(
      /^HTTP\/1\.1 200 OK\r\n[^]*Connection: close[^]*"generation":"Hello"/u,
    );
  });

  it("is served: the HTTP/2 preface in pieces", async () => {
    const { server } = await startServer(HELLO);
    const connection = openRaw(server.url);
    connection.socket.setNoDelay();
    const bytes = Buffer.concat([PREFACE, windows(65_536), PING]);
    for (let i = 0; i < bytes.length; i += 5) {
      connection.socket.write(bytes.subarray(i, i + 5));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await until(() => connection.received.includes(PING_ACK.toString("latin1")), "the answer to the ping");
    connection.socket.destroy();
  });

  it("is timed out: half a header", async () => {
    const { server } = await startServer(HELLO, { limits: { headersMs: 100 } });
    const connection = openRaw(server.url);
    connection.socket.write(`POST ${INVOKE} HTTP/1.1\r\nHost: localhost\r\nX-Slow: `);
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 408 /u);
    await expectServing(server.url);
  });

  it("is timed out: half a body", async () => {
    const { server, engine } = await startServer(HELLO, { limits: { requestMs: 100 } });
    const connection = openRaw(server.url);
    connection.socket.write(
      `POST ${INVOKE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"prom`,
    );
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 408 /u);
    expect(engine.requests).toEqual([]);
    await expectServing(server.url);
  });

  it("is timed out on HTTP/2: half a body", async () => {
    const { server, lines } = await startServer(HELLO, { limits: { requestMs: 100 } });
    const session = connectHttp2(server.url);
    const stream = session.request({ ":method": "POST", ":path": INVOKE });
    stream.write('{"prom');
    const error = await new Promise((resolve) => stream.on("error", resolve));
    expect(error).toMatchObject({ message: expect.stringContaining("NGHTTP2_INTERNAL_ERROR") as string });
    session.destroy();
    expect(lines.at(-1)).toMatchObject({ abortedByClient: true });
    await expectServing(server.url);
  });
});

describe("a client of HTTP/2 that keeps its connection open", () => {
  const limits = { idleMs: 100, bodyBytes: 100_000 };

  it("is disconnected in the middle of a frame", async () => {
    const { server } = await startServer(HELLO, { limits });
    const connection = openRaw(server.url);
    const request = post(INVOKE, BODY);
    connection.socket.write(Buffer.concat([PREFACE, windows(65_536), request.subarray(0, 20)]));
    await connection.closed;
    await expectServing(server.url);
  });

  // as one whose machine has gone: nothing tells
  it.each([
    ["request never ends", 65_536, requestFrames(1, INVOKE)],
    ["answer is never read", 0, post(STREAM, BODY)],
  ])(
    "is disconnected, if it falls silent, once its request was given up: its %s",
    async (_, window, bytes) => {
      const slow = { ...limits, requestMs: 500, stallMs: 500 };
      const { server } = await startServer(
        { tokens: Array<string>(2_048).fill("x".repeat(40)) },
        { limits: slow },
      );
      const connection = openRaw(server.url);
      connection.socket.write(Buffer.concat([PREFACE, windows(65_536), bytes]));
      await connection.closed;
      await expectServing(server.url);
    },
  );

  it("is disconnected, though it doesn't end its own side", async () => {
    const { server } = await startServer(HELLO, { limits });
    const socket = connectTcp({ port: server.port, allowHalfOpen: true });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => undefined).resume();
    socket.write(Buffer.concat([PREFACE, windows(65_536)]));
    await new Promise((resolve) => socket.once("end", resolve));
    // what is written to a connection that the server has closed is answered by its system
    const writing = setInterval(() => socket.write(PING), 50);
    await closed;
    clearInterval(writing);
  });

  it("is disconnected after a body that was refused before it was read to its end", async () => {
    const { server } = await startServer(HELLO, { limits });
    const session = connectHttp2(server.url);
    const closed = new Promise<void>((resolve) => session.once("close", resolve));
    for (const bytes of [100_001, 160_000, 240_000, 300_000]) {
      const stream = session.request({ ":method": "POST", ":path": INVOKE });
      stream.on("error", () => undefined);
      stream.resume().end(Buffer.alloc(bytes, "x"));
      await new Promise((resolve) => stream.once("close", resolve));
    }
    await closed;
  });
});

describe.each(protocols)("too much over %s", (protocol, send) => {
  it("a body of 26 MB is refused with Bedrock's message", async () => {
    const { server, engine } = await startServer(HELLO);
    const body = Buffer.alloc(26_000_000, "x");
    const { status, body: answer } = await send(server.url, INVOKE, { body });
    expect(status).toBe(400);
    expect(JSON.parse(answer.toString())).toEqual({
      message:
        "1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less than or equal to 25000000",
    });
    expect(engine.requests).toEqual([]);
    await expectServing(server.url);
  });

  it("a body of unknown length is refused once it's too long", async () => {
    const { server } = await startServer(HELLO, { limits: { bodyBytes: 100_000 } });
    const headers: Record<string, string> = protocol === "HTTP/1.1" ? { "transfer-encoding": "chunked" } : {};
    const { status } = await send(server.url, INVOKE, { headers, body: Buffer.alloc(3_000_000, "x") });
    expect(status).toBe(400);
    await expectServing(server.url);
  });

  it("a large body that isn't needed for the refusal leaves the response readable", async () => {
    const { server } = await startServer(HELLO);
    const body = Buffer.alloc(5_000_000, "x");
    const { status, body: answer } = await send(server.url, "/model/nothing/invoke", { body });
    expect([status, answer.toString()]).toEqual([
      400,
      '{"message":"The provided model identifier is invalid."}',
    ]);
  });
});

describe("too many headers", () => {
  const big = { "x-big": "x".repeat(40_000) };

  it("are refused over HTTP/1.1", async () => {
    const { server } = await startServer(HELLO);
    expect(await sendHttp1(server.url, INVOKE, { headers: big })).toMatchObject({ status: 431 });
    await expectServing(server.url);
  });

  it("are reset over HTTP/2, after the client knows the limit", async () => {
    const { server } = await startServer(HELLO);
    const session = connectHttp2(server.url);
    await new Promise((resolve) => session.once("remoteSettings", resolve));
    // the reply arrives after the server has received the SETTINGS acknowledgement
    await new Promise((resolve) => session.ping((...answer) => resolve(answer)));
    const stream = session.request({ ":method": "POST", ":path": INVOKE, ...big });
    const error = await new Promise((resolve) => stream.once("error", resolve));
    expect(error).toMatchObject({ message: expect.stringContaining("ENHANCE_YOUR_CALM") as string });
    session.destroy();
    await expectServing(server.url);
  });

  it("end the connection over HTTP/2, before the client knows the limit", async () => {
    const { server } = await startServer(HELLO);
    const headers = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-${i}`, "x".repeat(10_000)]));
    await expect(sendHttp2(server.url, INVOKE, { headers })).rejects.toThrow();
    await expectServing(server.url);
  });
});

it("an endless body is disconnected after its refusal", async () => {
  const { server } = await startServer(HELLO, {
    limits: { bodyBytes: 1_000, drainBytes: 100_000, drainMs: 1_000 },
  });
  const connection = openRaw(server.url);
  connection.socket.write(`POST ${INVOKE} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
  const pump = setInterval(() => connection.socket.write(chunk), 1);
  await connection.closed;
  clearInterval(pump);
  expect(connection.received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*Connection: close\r\n/u);
});

describe("a client that is killed", () => {
  const endless = { tokens: Array<string>(100_000).fill("word "), delayMs: 1 };

  it("ends its generation over HTTP/1.1", async () => {
    const { server, engine, lines } = await startServer(endless);
    const connection = openRaw(server.url);
    connection.socket.write(
      `POST ${STREAM} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
    );
    await until(() => connection.received.includes("chunk"), "the first frame");
    connection.socket.destroy();
    await until(() => engine.requests[0]?.signal?.aborted === true, "the abort");
    await until(() => lines.some(({ abortedByClient }) => abortedByClient === true), "the log line");
    const { tokensRead } = engine;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(engine.tokensRead).toBe(tokensRead);
  });

  it.each(["reset", "connection"])("ends its generation over HTTP/2: %s", async (how) => {
    const { server, engine, lines } = await startServer(endless);
    const session = connectHttp2(server.url);
    const stream = session.request({ ":method": "POST", ":path": STREAM });
    stream.on("error", () => undefined);
    stream.end(BODY);
    await new Promise((resolve) => stream.once("data", resolve));
    if (how === "reset") stream.close(8);
    else session.destroy();
    await until(() => engine.requests[0]?.signal?.aborted === true, "the abort");
    await until(() => lines.some(({ abortedByClient }) => abortedByClient === true), "the log line");
    session.destroy();
  });

  it("frees its place in the queue", async () => {
    const { server, engine } = await startServer(endless, { model: { sequences: 1 } });
    const generate = vi.spyOn(withAdmission(engine), "generate");
    const first = openRaw(server.url);
    const second = openRaw(server.url);
    const request = `POST ${STREAM} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;
    first.socket.write(request);
    await until(() => first.received.includes("chunk"), "the first frame");
    second.socket.write(request);
    await until(() => generate.mock.calls.length === 2, "the second request");
    second.socket.destroy();
    await until(() => generate.mock.calls[1]?.[0].signal?.aborted === true, "the abort");
    expect(engine.requests).toHaveLength(1);
    first.socket.destroy();
  });
});

describe("a client that stops reading", () => {
  // more than the kernel's socket buffers hold
  const flood = { tokens: Array<string>(2048).fill("x".repeat(50_000)) };
  const limits = { readerLagBytes: 64 * 1024, stallMs: 1_000 };

  it("pauses its generation, then is disconnected, over HTTP/1.1", async () => {
    const { server, engine, lines } = await startServer(flood, { limits });
    const connection = openRaw(server.url);
    connection.socket.pause();
    const body = '{"prompt":"Hi","max_gen_len":2048}';
    connection.socket.write(
      `POST ${STREAM} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await until(() => lines.some(({ abortedByClient }) => abortedByClient === true), "the log line");
    expect(engine.tokensRead).toBeLessThan(1000);
    expect(engine.requests[0]?.signal?.aborted).toBe(true);
    connection.socket.resume();
    await connection.closed;
    await expectServing(server.url);
  });

  it("pauses its generation, then is reset, over HTTP/2", async () => {
    const { server, engine, lines } = await startServer(flood, { limits });
    const session = connectHttp2(server.url);
    const stream = session.request({ ":method": "POST", ":path": STREAM });
    stream.end('{"prompt":"Hi","max_gen_len":2048}');
    const error = new Promise((resolve) => stream.once("error", resolve));
    stream.pause();
    await until(() => lines.some(({ abortedByClient }) => abortedByClient === true), "the log line");
    expect(engine.tokensRead).toBeLessThan(100);
    expect(await error).toMatchObject({ message: expect.stringContaining("INTERNAL_ERROR") as string });
    session.destroy();
    await expectServing(server.url);
  });

  it("loses its HTTP/2 connection if not even a reset can be sent", async () => {
    const { server, engine, lines } = await startServer(flood, { limits: { ...limits, stallMs: 200 } });
    const connection = openRaw(server.url);
    connection.socket.pause();
    // windows so large that only TCP limits the server
    const body = '{"prompt":"Hi","max_gen_len":2048}';
    connection.socket.write(Buffer.concat([PREFACE, windows(2 ** 30), post(STREAM, body)]));
    await until(() => lines.some(({ abortedByClient }) => abortedByClient === true), "the log line");
    expect(engine.tokensRead).toBeLessThan(1000);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    connection.socket.resume();
    await connection.closed;
    await expectServing(server.url);
  });

  it.each(protocols)("but reads a large answer slowly gets all of it, over %s", async (protocol) => {
    const tokens = Array<string>(400).fill("x".repeat(50_000));
    // a slow reader makes room in the kernel's buffers in large steps: some take 170 ms here
    const { server } = await startServer({ tokens }, { limits: { stallMs: 800 } });
    const session = protocol === "HTTP/2" ? connectHttp2(server.url) : undefined;
    const response = session
      ? session.request({ ":method": "POST", ":path": INVOKE }).end(BODY)
      : await new Promise<IncomingMessage>((resolve, reject) => {
          request(server.url + INVOKE, { method: "POST", agent: false }, resolve)
            .on("error", reject)
            .end(BODY);
        });
    const start = performance.now();
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // 20 MB take 2 s
      await new Promise((resolve) =>
        setTimeout(resolve, (bytes / 20e6) * 2_000 - (performance.now() - start)),
      );
    }
    session?.destroy();
    expect(bytes).toBeGreaterThan(400 * 50_000);
    expect(performance.now() - start).toBeGreaterThan(1_900);
  });

  it("but reads slowly gets everything", async () => {
    const tokens = Array<string>(40).fill("x".repeat(20_000));
    const { server } = await startServer({ tokens }, { limits: { readerLagBytes: 30_000, stallMs: 500 } });
    const session = connectHttp2(server.url);
    const stream = session.request({ ":method": "POST", ":path": STREAM });
    stream.end(BODY);
    let bytes = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    session.destroy();
    expect(bytes).toBeGreaterThan(40 * 20_000);
  });
});
