import { connect as connectHttp2, constants } from "node:http2";

import { describe, expect, it, onTestFinished } from "vitest";

import { openRaw, protocols, type RawConnection, sendHttp1 } from "../support/http.js";
import { INVOKE, startServer, STREAM, until } from "../support/start.js";

const HELLO = { tokens: ["Hello"] };
const BODY = '{"prompt":"Hi"}';
const slow = { tokens: Array<string>(100_000).fill("x"), delayMs: 10 };
const THROTTLED = {
  status: 429,
  type: /^ThrottlingException:/u,
  body: '{"message":"Too many requests, please wait before trying again."}',
};

const requestOf = (path: string, body = BODY, length = body.length) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n${body}`;

describe.each(protocols)("concurrent requests over %s", (_, send) => {
  it("are limited over all connections: a further one is throttled, until a slot is free again", async () => {
    const { server, engine, lines } = await startServer(slow, { limits: { requests: 2 } });
    const running = [openRaw(server.url), openRaw(server.url)];
    for (const { socket } of running) socket.write(requestOf(STREAM));
    await until(() => engine.requests.length === 2, "two requests");

    const refused = await send(server.url, INVOKE, { body: BODY });
    expect(refused.status).toBe(THROTTLED.status);
    expect(refused.header("x-amzn-errortype")).toMatch(THROTTLED.type);
    expect(refused.body.toString()).toBe(THROTTLED.body);
    expect(lines.at(-1)).toMatchObject({ operation: "InvokeModel", exception: "ThrottlingException" });
    expect(engine.requests).toHaveLength(2);
    expect(await send(server.url, "/health", { method: "GET" })).toMatchObject({ status: 200 });

    running[0]?.socket.destroy();
    await until(() => lines.some(({ abortedByClient }) => abortedByClient === true), "the end of one");
    const response = send(server.url, STREAM, { body: BODY });
    await until(() => engine.requests.length === 3, "the third request");
    running[1]?.socket.destroy();
    await server.close({ graceMs: 0 });
    expect(await response).toMatchObject({ status: 200 });
  });

  it("free their slots, however they end", async () => {
    const { server } = await startServer(HELLO, { limits: { requests: 1 } });
    for (const [path, status] of [
      [INVOKE, 200],
      ["/model/nothing/invoke", 400],
      ["/nothing", 404],
      [INVOKE, 200],
    ] as const) {
      expect(await send(server.url, path, { body: BODY })).toMatchObject({ status });
    }
  });
});

describe.each(protocols)("memory for bodies over %s", (_, send) => {
  const limits = { bodyBytesInAll: 300_000 };
  const long = JSON.stringify({ prompt: "x".repeat(200_000) });

  /** A request that has sent most of a long body and then stops. */
  const holdBody = (url: string): RawConnection => {
    const connection = openRaw(url);
    connection.socket.write(requestOf(INVOKE, long, long.length + 1));
    return connection;
  };

  it("is limited: a body that exceeds it is throttled, while a short one still fits", async () => {
    const { server } = await startServer(HELLO, { limits });
    let holding = holdBody(server.url);
    const refused = () => send(server.url, INVOKE, { body: long });
    const nextStatus = async () => {
      // it was slower than the other, and refused itself
      if (holding.received !== "") holding = holdBody(server.url);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return (await refused()).status;
    };
    await expect.poll(nextStatus).toBe(THROTTLED.status);
    expect((await refused()).body.toString()).toBe(THROTTLED.body);
    expect(await send(server.url, INVOKE, { body: BODY })).toMatchObject({ status: 200 });

    holding.socket.destroy();
    await expect.poll(async () => (await refused()).status).toBe(200);
  });

  it("is freed after each request", async () => {
    const { server } = await startServer(HELLO, { limits });
    for (let i = 0; i < 4; i += 1) {
      expect(await send(server.url, INVOKE, { body: long })).toMatchObject({ status: 200 });
    }
  });

  it("counts the bytes received, not the length declared", async () => {
    const { server } = await startServer(HELLO, { limits });
    const boasting = openRaw(server.url);
    boasting.socket.write(requestOf(INVOKE, "{", 20_000_000));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await send(server.url, INVOKE, { body: long })).toMatchObject({ status: 200 });
    boasting.socket.destroy();
  });
});

describe("streams of one HTTP/2 connection", () => {
  const connect = async (script: { readonly tokens: readonly string[]; readonly delayMs: number }) => {
    const { server, engine } = await startServer(script, { limits: { streamsPerConnection: 2 } });
    const session = connectHttp2(server.url);
    onTestFinished(() => session.destroy());
    await new Promise((resolve) => session.once("remoteSettings", resolve));
    const open = () => {
      const stream = session.request({ ":method": "POST", ":path": STREAM });
      stream.on("error", () => undefined).resume();
      stream.end(BODY);
      return stream;
    };
    const ping = () => new Promise((resolve) => session.ping((...answer) => resolve(answer)));
    return { session, engine, open, ping };
  };

  it("are limited: a further one waits in the client until one ends", async () => {
    const { session, engine, open, ping } = await connect({ tokens: ["x"], delayMs: 1_000 });
    expect(session.remoteSettings.maxConcurrentStreams).toBe(2);
    for (let i = 0; i < 3; i += 1) open();
    await until(() => engine.requests.length === 2, "two streams");
    await ping();
    expect(engine.requests).toHaveLength(2);
    await until(() => engine.requests.length === 3, "the third");
  });

  it("are limited: one that the client cancels makes room", async () => {
    const { engine, open, ping } = await connect(slow);
    const first = open();
    open();
    await until(() => engine.requests.length === 2, "two streams");
    first.close(constants.NGHTTP2_CANCEL);
    // from Node 22 on, Node's server refuses a stream (ENHANCE_YOUR_CALM) that arrives together with the end of another
    await ping();
    open();
    await until(() => engine.requests.length === 3, "the third");
  });
});

it("connections are limited: a further one is closed at once if all are worked for", async () => {
  const { server, engine } = await startServer(slow, { limits: { connections: 2 } });
  const kept = [openRaw(server.url), openRaw(server.url)];
  for (const { socket } of kept) socket.write(requestOf(STREAM));
  await until(() => engine.requests.length === 2, "both streams");
  const refused = openRaw(server.url);
  await refused.closed;
  expect(refused.received).toBe("");
  for (const { socket } of kept) socket.destroy();
  const health = () => sendHttp1(server.url, "/health", { method: "GET" });
  await expect.poll(() => health().catch(() => undefined)).toBeDefined();
});

it("the limit of header bytes can be set", async () => {
  const { server } = await startServer(HELLO, { limits: { headerBytes: 4_096 } });
  const headers = { "x-big": "x".repeat(6_000) };
  expect(await sendHttp1(server.url, INVOKE, { headers })).toMatchObject({ status: 431 });
});

it("an idle connection ends", async () => {
  const { server } = await startServer(HELLO, { limits: { idleMs: 50 } });
  const http1 = openRaw(server.url);
  http1.socket.write(requestOf(INVOKE));
  const session = connectHttp2(server.url);
  await Promise.all([http1.closed, new Promise((resolve) => session.once("close", resolve))]);
  expect(http1.received).toContain('"generation":"Hello"');
});

it.each(["prefaceMs", "handshakeMs", "headersMs", "requestMs", "idleMs", "stallMs", "drainMs"] as const)(
  "%s may be Infinity, which never comes",
  async (name) => {
    const { server } = await startServer({ tokens: ["Hello"] }, { limits: { [name]: Infinity } });
    const connection = openRaw(server.url);
    // so long that a timer which fires at once has
    await new Promise((resolve) => setTimeout(resolve, 50));
    connection.socket.write(
      `POST ${INVOKE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\n\r\n{"prompt":"Hi"}`,
    );
    await until(() => connection.received.includes('"generation":"Hello"'), "the answer");
    connection.socket.destroy();
  },
);
