import { connect as connectHttp2 } from "node:http2";
import { describe, expect, it, vi } from "vitest";

import { withAdmission } from "../../src/engine/index.js";
import { readChunks, readFrames } from "./support/frames.js";
import { openRaw, protocols, sendHttp1 } from "./support/http.js";
import { INVOKE, startServer, STREAM, until } from "./support/start.js";

const BODY = '{"prompt":"Hi"}';
const slow = (tokens: number) => ({ tokens: Array<string>(tokens).fill("x"), delayMs: 10 });

describe.each(protocols)("closing over %s", (_, send) => {
  it("lets a running stream finish", async () => {
    const { server, engine } = await startServer(slow(20));
    const response = send(server.url, STREAM, { body: BODY });
    await until(() => engine.tokensRead > 2, "the first tokens");
    await server.close();
    expect(readChunks((await response).body).at(-1)).toMatchObject({
      generation_token_count: 21,
      stop_reason: "stop",
    });
  });

  it("sends the whole of a long answer that has just been written", async () => {
    const { server, engine } = await startServer({ tokens: Array<string>(200).fill("x".repeat(20_000)) });
    const response = send(server.url, INVOKE, { body: '{"prompt":"Hi","max_gen_len":2048}' });
    await until(() => engine.requests.length > 0, "the request");
    await server.close();
    const { generation } = JSON.parse((await response).body.toString()) as { generation: string };
    expect(generation).toHaveLength(4_000_000);
  });

  it("ends a stream with an exception after the grace period", async () => {
    const { server, engine } = await startServer(slow(100_000));
    const response = send(server.url, STREAM, { body: BODY });
    await until(() => engine.tokensRead > 2, "the first tokens");
    await server.close({ graceMs: 50 });
    const last = readFrames((await response).body).at(-1);
    expect(last?.type).toBe("modelStreamErrorException");
    expect(last?.json).toContain("Cria is shutting down.");
  });

  it("refuses waiting requests after the grace period", async () => {
    const { server, engine } = await startServer(slow(100_000), { model: { sequences: 1 } });
    const generate = vi.spyOn(withAdmission(engine), "generate");
    const running = send(server.url, STREAM, { body: BODY });
    await until(() => engine.tokensRead > 2, "the first tokens");
    const waiting = send(server.url, STREAM, { body: BODY });
    await until(() => generate.mock.calls.length === 2, "the second request");
    expect(engine.requests).toHaveLength(1);
    await server.close({ graceMs: 50 });
    await running;
    expect(await waiting).toMatchObject({ status: 503 });
  });
});

describe.each(protocols)("draining over %s", (_, send) => {
  const ask = async (url: string, path: string) => {
    const { status, body } = await send(url, path, { method: "GET" });
    return [status, JSON.parse(body.toString()) as unknown];
  };

  it("answers every request, and says that it isn't ready", async () => {
    const { server } = await startServer(slow(3));
    expect(await ask(server.url, "/health/ready")).toEqual([200, { ready: true }]);
    server.drain();
    expect(await ask(server.url, "/health/ready")).toEqual([503, { ready: false }]);
    expect(await ask(server.url, "/health/live")).toEqual([200, { status: "alive" }]);
    expect((await ask(server.url, "/health"))[0]).toBe(200);
    const { status, body } = await send(server.url, STREAM, { body: BODY });
    expect(status).toBe(200);
    expect(readChunks(body).at(-1)).toMatchObject({ stop_reason: "stop" });
    await server.close();
  });
});

describe("closing", () => {
  it("doesn't wait for idle connections", async () => {
    const { server } = await startServer(slow(1));
    const session = connectHttp2(server.url);
    const stream = session.request({ ":method": "GET", ":path": "/health" });
    stream.resume();
    await new Promise((resolve) => stream.once("close", resolve));
    const kept = openRaw(server.url);
    kept.socket.write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await until(() => kept.received.includes("ready"), "the answer");
    const silent = openRaw(server.url);
    await new Promise((resolve) => silent.socket.once("connect", resolve));
    await server.close();
    await Promise.all([kept.closed, silent.closed]);
    await until(() => session.closed || session.destroyed, "the session's end");
  });

  it("doesn't wait for a client that keeps its connection open", async () => {
    const { server, engine } = await startServer(slow(100_000));
    const session = connectHttp2(server.url);
    const stream = session.request({ ":method": "POST", ":path": STREAM });
    stream.on("error", () => undefined);
    stream.end(BODY);
    await until(() => engine.tokensRead > 2, "the first tokens");
    stream.pause();
    await server.close({ graceMs: 0 });
    session.destroy();
  });

  it("accepts no new connections, and no new requests on open ones", async () => {
    const { server, engine } = await startServer(slow(30));
    const { url } = server;
    const connection = openRaw(url);
    const request = `POST ${STREAM} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;
    connection.socket.write(request);
    await until(() => engine.tokensRead > 2, "the first tokens");
    const closed = server.close();
    await expect(sendHttp1(url, STREAM, { body: BODY })).rejects.toMatchObject({ code: "ECONNREFUSED" });
    connection.socket.write(request);
    await closed;
    await connection.closed;
    expect(connection.received).toMatch(/HTTP\/1\.1 503 Service Unavailable\r\n[^]*Connection: close\r\n/u);
    expect(engine.requests).toHaveLength(1);
  });

  it("is brought forward by a second call with a shorter grace period", async () => {
    const { server, engine } = await startServer(slow(100_000));
    const response = sendHttp1(server.url, STREAM, { body: BODY });
    await until(() => engine.tokensRead > 2, "the first tokens");
    const first = server.close({ graceMs: 600_000 });
    await server.close({ graceMs: 0 });
    await first;
    expect(readFrames((await response).body).at(-1)?.type).toBe("modelStreamErrorException");
  });

  it.each([Infinity, 3e9])("waits for graceMs: %d ms", async (graceMs) => {
    const { server, engine } = await startServer(slow(20));
    const response = sendHttp1(server.url, STREAM, { body: BODY });
    await until(() => engine.tokensRead > 2, "the first tokens");
    await server.close({ graceMs });
    expect(readFrames((await response).body).map(({ type }) => type)).toEqual(
      Array<string>(21).fill("chunk"),
    );
  });

  it("happens at the end of `await using`, and leaves the caller's engine open", async () => {
    const { server, engine } = await startServer(slow(1));
    await server[Symbol.asyncDispose]();
    expect(engine.health()).toEqual({ ready: true });
    await expect(sendHttp1(server.url, STREAM)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
