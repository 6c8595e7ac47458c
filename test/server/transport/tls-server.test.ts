import { connect as connectHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";

import { describe, expect, it, onTestFinished } from "vitest";

import { readChunks, readFrames } from "../support/frames.js";
import { openRaw, protocols, sendHttp1 } from "../support/http.js";
import { PING, PING_ACK, PREFACE, windows } from "../support/raw-http2.js";
import { INVOKE, type LogLine, startServer, STREAM, until } from "../support/start.js";
import { identity, openSecure, sendHttps, tlsProtocols } from "../support/tls.js";

const HELLO = { tokens: ["Hello"] };
const BODY = '{"prompt":"Hi"}';
const REQUEST = `POST ${INVOKE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;
const slow = (tokens: number) => ({ tokens: Array<string>(tokens).fill("x"), delayMs: 10 });

/** The beginning of a ClientHello whose length says 512 bytes. */
const HALF_HELLO = Buffer.from("16030102000100 01fc0303".replaceAll(" ", ""), "hex");

const startTls = (
  script: Parameters<typeof startServer>[0],
  options: Parameters<typeof startServer>[1] = {},
) => startServer(script, { tls: identity, ...options });

const plain = (url: string) => url.replace("https:", "http:");
const handshakes = (lines: readonly LogLine[]) => lines.filter(({ msg }) => msg === "a TLS handshake failed");
const noise = (lines: readonly LogLine[]) => lines.filter(({ level }) => level > 30);

describe("one port", () => {
  it("speaks HTTP/1.1 and HTTP/2 over TLS, by ALPN, and over plain TCP, at the same time", async () => {
    const { server, lines } = await startTls(slow(20));
    expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/u);
    const answers = await Promise.all([
      ...tlsProtocols.map(([, send]) => send(server.url, STREAM, { body: BODY })),
      ...protocols.map(([, send]) => send(plain(server.url), STREAM, { body: BODY })),
    ]);
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(readChunks(body).at(-1)).toMatchObject({ generation_token_count: 21, stop_reason: "stop" });
    }
    await until(() => lines.filter(({ status }) => status === 200).length === 4, "four log lines");
    expect(lines.map(({ protocol }) => protocol).sort()).toEqual([
      "HTTP/1.1",
      "HTTP/1.1",
      "HTTP/2",
      "HTTP/2",
    ]);
    expect(noise(lines)).toEqual([]);
  });

  it.each(tlsProtocols)("accepts a long body over TLS with %s", async (_, send) => {
    const { server, engine } = await startTls(HELLO);
    const prompt = "x".repeat(3_000_000);
    expect(await send(server.url, INVOKE, { body: JSON.stringify({ prompt }) })).toMatchObject({
      status: 200,
    });
    expect(engine.requests[0]?.prompt.length).toBeGreaterThanOrEqual(prompt.length);
  });

  it("keeps an HTTP/1.1 connection for the next request", async () => {
    const { server } = await startTls(HELLO);
    const connection = await openSecure(server.url, { ALPNProtocols: ["http/1.1"] });
    for (const count of [1, 2, 3]) {
      connection.socket.write(REQUEST);
      await until(() => connection.received.split('"generation":"Hello"').length === count + 1, "an answer");
    }
    connection.socket.destroy();
  });
});

describe("a client without ALPN", () => {
  it.each(["TLSv1.2", "TLSv1.3"] as const)("gets HTTP/1.1 if it sends that, over %s", async (maxVersion) => {
    const { server } = await startTls(HELLO);
    const connection = await openSecure(server.url, { maxVersion });
    expect([connection.socket.alpnProtocol, connection.socket.getProtocol()]).toEqual([false, maxVersion]);
    connection.socket.write(REQUEST);
    await until(() => connection.received.includes('"generation":"Hello"'), "the answer");
    connection.socket.destroy();
  });

  it("gets HTTP/2 if it sends the preface", async () => {
    const { server } = await startTls(HELLO);
    const connection = await openSecure(server.url);
    const bytes = Buffer.concat([PREFACE, windows(65_536), PING]);
    connection.socket.write(bytes.subarray(0, 10));
    await new Promise((resolve) => setTimeout(resolve, 20));
    connection.socket.write(bytes.subarray(10));
    await until(() => connection.received.includes(PING_ACK.toString("latin1")), "the answer to the ping");
    connection.socket.destroy();
  });

  it("is timed out if it sends nothing", async () => {
    const { server } = await startTls(HELLO, { limits: { prefaceMs: 50 } });
    const connection = await openSecure(server.url);
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 408 /u);
  });

  it("is answered 400 if it sends TLS within TLS", async () => {
    const { server } = await startTls(HELLO);
    const connection = await openSecure(server.url);
    connection.socket.write(HALF_HELLO);
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 400 /u);
  });
});

/** Newer versions of OpenSSL offer no TLS 1.1 above security level 0: the client would fail by itself, without a word to the server. */
const TLS_1_1 = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;

describe("a failed handshake", () => {
  it.each([
    ["a client that doesn't trust the certificate", { ca: [] }, "SELF_SIGNED_CERT"],
    ["a client that offers other protocols only", { ALPNProtocols: ["spdy/3"] }, "NO_APPLICATION_PROTOCOL"],
    ["a client of TLS 1.1", TLS_1_1, "PROTOCOL"],
  ])("is logged at debug level: %s", async (_, options, code) => {
    const { server, lines } = await startTls(HELLO);
    await expect(openSecure(server.url, options)).rejects.toMatchObject({
      code: expect.stringContaining(code) as string,
    });
    await until(() => handshakes(lines).length === 1, "the log line");
    expect(noise(lines)).toEqual([]);
    expect(await sendHttps(server.url, INVOKE, { body: BODY })).toMatchObject({ status: 200 });
  });

  it.each([
    ["garbage that begins like TLS", Buffer.from("\x16GET / HTTP/1.1\r\n\r\n", "latin1")],
    ["a ClientHello with a garbled end", Buffer.concat([HALF_HELLO, Buffer.alloc(600, 0xff)])],
  ])("closes the connection: %s", async (_, bytes) => {
    const { server, lines } = await startTls(HELLO);
    const connection = openRaw(server.url);
    connection.socket.write(bytes);
    await connection.closed;
    expect(connection.received).not.toContain("HTTP");
    await until(() => handshakes(lines).length === 1, "the log line");
    expect(noise(lines)).toEqual([]);
  });

  it("closes the connection: a client that leaves halfway", async () => {
    const { server, lines } = await startTls(HELLO);
    const connection = openRaw(server.url);
    connection.socket.end(HALF_HELLO);
    await connection.closed;
    await until(() => handshakes(lines).length === 1, "the log line");
  });

  it("is timed out, even if bytes trickle in", async () => {
    const { server, lines } = await startTls(HELLO, { limits: { handshakeMs: 200 } });
    const silent = openRaw(server.url);
    silent.socket.write(HALF_HELLO);
    const slowly = openRaw(server.url);
    slowly.socket.write(HALF_HELLO);
    const drip = setInterval(() => slowly.socket.write("x"), 20);
    await Promise.all([silent.closed, slowly.closed]);
    clearInterval(drip);
    expect(handshakes(lines).map(({ reason }) => reason)).toEqual(Array(2).fill("ERR_TLS_HANDSHAKE_TIMEOUT"));
  });
});

describe("the limits of a connection apply over TLS", () => {
  it("before the first request", async () => {
    const { server } = await startTls(HELLO, { limits: { headersMs: 100 } });
    const connection = await openSecure(server.url, { ALPNProtocols: ["http/1.1"] });
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 408 /u);
  });

  it("in half a body", async () => {
    const { server, engine } = await startTls(HELLO, { limits: { requestMs: 100 } });
    const connection = await openSecure(server.url, { ALPNProtocols: ["http/1.1"] });
    connection.socket.write(REQUEST.slice(0, -3));
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 408 /u);
    expect(engine.requests).toEqual([]);
  });

  it("after a request over HTTP/1.1", async () => {
    const { server } = await startTls(HELLO, { limits: { idleMs: 50 } });
    const connection = await openSecure(server.url, { ALPNProtocols: ["http/1.1"] });
    connection.socket.write(REQUEST);
    await connection.closed;
    expect(connection.received).toContain('"generation":"Hello"');
  });

  it.each([
    ["after its preface", Buffer.concat([PREFACE, windows(65_536)])],
    ["before its preface", Buffer.alloc(0)],
  ])("over HTTP/2, %s", async (_, bytes) => {
    const { server } = await startTls(HELLO, { limits: { idleMs: 100 } });
    const connection = await openSecure(server.url, { ALPNProtocols: ["h2"] });
    connection.socket.write(bytes);
    await connection.closed;
  });

  it("if there are too many connections", async () => {
    const { server, engine } = await startTls(slow(100_000), { limits: { connections: 1 } });
    const first = await openSecure(server.url, { ALPNProtocols: ["http/1.1"] });
    first.socket.write(REQUEST.replace(INVOKE, STREAM));
    await until(() => engine.requests.length === 1, "the stream");
    await expect(openSecure(server.url)).rejects.toMatchObject({ code: "ECONNRESET" });
    first.socket.destroy();
    await first.closed;
    await expect
      .poll(() => sendHttps(server.url, "/health", { method: "GET" }).catch(() => undefined))
      .toBeDefined();
  });

  it("if the client is killed in the middle of a stream", async () => {
    const { server, engine, lines } = await startTls(slow(100_000));
    const connection = await openSecure(server.url, { ALPNProtocols: ["http/1.1"] });
    connection.socket.write(REQUEST.replace(INVOKE, STREAM));
    await until(() => engine.tokensRead > 2, "the first tokens");
    connection.socket.destroy();
    await until(() => lines.some(({ abortedByClient }) => abortedByClient === true), "the log line");
    expect(engine.requests[0]?.signal?.aborted).toBe(true);
    expect(noise(lines)).toEqual([]);
  });
});

describe("closing the server", () => {
  it.each(tlsProtocols)("lets a running stream over %s finish", async (_, send) => {
    const { server, engine } = await startTls(slow(20));
    const response = send(server.url, STREAM, { body: BODY });
    await until(() => engine.tokensRead > 2, "the first tokens");
    await server.close();
    expect(readChunks((await response).body).at(-1)).toMatchObject({ stop_reason: "stop" });
  });

  it.each(tlsProtocols)("ends a stream over %s with an exception after the grace period", async (_, send) => {
    const { server, engine } = await startTls(slow(100_000));
    const response = send(server.url, STREAM, { body: BODY });
    await until(() => engine.tokensRead > 2, "the first tokens");
    await server.close({ graceMs: 50 });
    expect(readFrames((await response).body).at(-1)?.type).toBe("modelStreamErrorException");
  });

  it.each(tlsProtocols)("sends all of a long response over %s", async (_, send) => {
    const { server, engine } = await startTls({ tokens: Array<string>(200).fill("x".repeat(20_000)) });
    const response = send(server.url, INVOKE, { body: '{"prompt":"Hi","max_gen_len":2048}' });
    await until(() => engine.requests.length > 0, "the request");
    await server.close();
    const { generation } = JSON.parse((await response).body.toString()) as { generation: string };
    expect(generation).toHaveLength(4_000_000);
  });

  it("doesn't wait for idle connections, nor for handshakes", async () => {
    const { server } = await startTls(HELLO);
    const session = connectHttp2(server.url, { ca: identity.cert });
    await new Promise((resolve) => session.once("remoteSettings", resolve));
    const kept = await openSecure(server.url, { ALPNProtocols: ["http/1.1"] });
    kept.socket.write(REQUEST);
    await until(() => kept.received.includes('"generation"'), "the answer");
    const silent = await openSecure(server.url);
    const half = openRaw(server.url);
    half.socket.write(HALF_HELLO);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server.close();
    await Promise.all([kept.closed, silent.closed, half.closed]);
    await until(() => session.closed || session.destroyed, "the session's end");
  });

  it("doesn't wait for a client that keeps its connection open", async () => {
    const { server, engine } = await startTls(slow(100_000));
    const session = connectHttp2(server.url, { ca: identity.cert });
    const stream = session.request({ ":method": "POST", ":path": STREAM });
    stream.on("error", () => undefined);
    stream.end(BODY);
    await until(() => engine.tokensRead > 2, "the first tokens");
    stream.pause();
    await server.close({ graceMs: 0 });
    session.destroy();
  });
});

describe("without a certificate", () => {
  it("a TLS client is disconnected, and the log has one warning", async () => {
    const { server, lines } = await startServer(HELLO);
    for (let i = 0; i < 3; i += 1) {
      const refused = await openSecure(server.url).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: "ECONNRESET" });
    }
    const told = lines.filter(({ msg }) => msg.includes("TLS"));
    expect(told.map(({ level }) => level)).toEqual([40, 20, 20]);
    expect(told[0]?.msg).toContain("use http://");
    expect(await sendHttp1(server.url, INVOKE, { body: BODY })).toMatchObject({ status: 200 });
  });
});

describe("the end of a connection over TLS", () => {
  /** A client that answers nothing by itself: its farewell comes when it ends. */
  async function openSlow(url: string) {
    const { port } = new URL(url);
    const raw = connectTcp({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true });
    const errors: Error[] = [];
    raw.on("error", (error) => errors.push(error));
    // Node knows this option, its types don't
    const halfOpen: ConnectionOptions & { readonly allowHalfOpen: true } = { allowHalfOpen: true };
    const secure = connectTls({ ...halfOpen, socket: raw, ca: identity.cert });
    secure.on("error", (error: Error) => errors.push(error));
    let received = "";
    secure.on("data", (data: Buffer) => (received += data.toString("latin1")));
    const ended = new Promise((resolve) => secure.once("end", resolve));
    await new Promise((resolve) => secure.once("secureConnect", resolve));
    onTestFinished(() => {
      raw.destroy();
    });
    return { secure, raw, errors, ended, received: () => received };
  }

  it.each([
    ["whose answer was the last", `GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`],
    [
      "whose body wasn't read",
      `POST /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 60000\r\n\r\n${"x".repeat(60_000)}`,
    ],
  ])("%s waits for the client's, which meets no reset", async (_, request) => {
    const { server } = await startTls(HELLO);
    const { secure, raw, errors, ended, received } = await openSlow(server.url);
    secure.write(request);
    await ended;
    expect(received()).toMatch(/^HTTP\/1\.1 (?:200|404) /u);
    // what Node closes at once answers this by a reset
    for (let i = 0; i < 3; i += 1) {
      secure.write("late");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const closed = new Promise<boolean>((resolve) => raw.once("close", resolve));
    secure.end();
    raw.end();
    expect(await closed).toBe(false);
    expect(errors).toEqual([]);
  });

  it("isn't waited for longer than two seconds", async () => {
    const { server } = await startTls(HELLO);
    const { secure, errors, ended } = await openSlow(server.url);
    secure.write("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    await ended;
    await until(() => {
      secure.write("late");
      return errors.length > 0;
    }, "a reset");
  });

  it("gets no answers to requests behind the last", async () => {
    const { server, lines } = await startTls(HELLO);
    const { secure, ended, received } = await openSlow(server.url);
    const get = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
    secure.write(`${get}Connection: close\r\n\r\n${get}\r\n`);
    await ended;
    secure.write(`${get}\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(received().match(/HTTP\/1\.1 /gu)).toHaveLength(1);
    expect(noise(lines)).toEqual([]);
  });
});
