import { describe, expect, it } from "vitest";

import { defaultLimits } from "../../../src/server/index.js";
import { openRaw, type RawConnection, sendHttp1, sendHttp2 } from "../support/http.js";
import { INVOKE, type LogLine, MODEL, startServer, STREAM, until } from "../support/start.js";
import { identity, openSecure } from "../support/tls.js";

/** The delayed end of a stream whose client asked for the connection to be closed. */
const HELLO = { tokens: ["Hel", "lo"], promptTokens: 3 };
const NATIVE = '{"prompt":"Hi"}';
const CONVERSE = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hi" }] }] });
const CONVERSE_STREAM = `/model/${MODEL}/converse-stream`;
const CLOSE = "HTTP/1.1\r\nConnection: close";

/** Longer than a test may take: nothing that waits for it happens. */
const FOR_EVER = { lastFrameMs: 60_000 };
/** Node's timers have a resolution of 1 ms. */
const TIMER_EARLY_MS = 1;
const CHUNKED_END = "\r\n0\r\n\r\n";

/** @param protocol - the version, followed by headers */
const requestOf = (path: string, protocol: string, body = path === CONVERSE_STREAM ? CONVERSE : NATIVE) =>
  `POST ${path} ${protocol}\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const open = (url: string): Promise<RawConnection> | RawConnection =>
  url.startsWith("https:") ? openSecure(url, { ALPNProtocols: ["http/1.1"] }) : openRaw(url);

async function send(url: string, request: string): Promise<RawConnection> {
  const connection = await open(url);
  connection.socket.write(request);
  return connection;
}

const answered = (lines: readonly LogLine[], count = 1) =>
  until(() => lines.filter(({ status }) => status !== undefined).length === count, "a log line");

const lastFrames = [
  ["a chunk with metrics", STREAM, "amazon-bedrock-invocationMetrics"],
  ["a Converse stream's metadata", CONVERSE_STREAM, '"metrics":'],
] as const;

describe.each([
  ["HTTP/1.1 with Connection: close", "http", CLOSE],
  ["HTTP/1.1 with Connection: Close among others", "http", "HTTP/1.1\r\nConnection: TE, Close"],
  ["HTTP/1.0", "http", "HTTP/1.0"],
  ["HTTP/1.1 with Connection: close over TLS", "https", CLOSE],
  ["HTTP/1.0 over TLS", "https", "HTTP/1.0"],
])("over %s", (_, scheme, protocol) => {
  const tls = scheme === "https" ? identity : undefined;
  const isChunked = protocol.startsWith("HTTP/1.1");

  it.each(lastFrames)(
    "the end is delayed after %s, while everything else is released",
    async (_name, path, mark) => {
      const { server, lines } = await startServer(HELLO, {
        ...(tls && { tls }),
        limits: { ...FOR_EVER, requests: 1 },
        model: { sequences: 1 },
      });
      const connection = await send(server.url, requestOf(path, protocol));
      await answered(lines);
      // the only slot and the only sequence are free again
      const plain = server.url.replace("https:", "http:");
      expect(await sendHttp1(plain, INVOKE, { body: NATIVE })).toMatchObject({ status: 200 });
      const seen = () => Buffer.from(connection.received, "latin1").toString();
      // a chunk's JSON is base64
      const text = path === STREAM ? decoded(seen()) : seen();
      expect(text).toContain(mark);
      expect(connection.received).not.toContain(CHUNKED_END);
      expect(connection.socket.readableEnded).toBe(false);
      expect(lines[0]).toMatchObject({ status: 200, generatedTokens: 3 });
      expect(lines[0]).not.toHaveProperty("abortedByClient");
      connection.socket.destroy();
    },
  );

  it("the end comes after the default delay", async () => {
    const { server, lines } = await startServer(HELLO, { ...(tls && { tls }) });
    const sinceLogged = stopwatch(lines);
    const connection = await send(server.url, requestOf(STREAM, protocol));
    await connection.closed;
    expect(sinceLogged()).toBeGreaterThanOrEqual(defaultLimits.lastFrameMs - TIMER_EARLY_MS);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.["durationMs"]).toBeDefined();
    expect(connection.received.endsWith(CHUNKED_END)).toBe(isChunked);
    expect(decoded(connection.received)).toContain("amazon-bedrock-invocationMetrics");
  });

  it("the end is delayed after an exception", async () => {
    const { server, lines } = await startServer(HELLO, {
      ...(tls && { tls }),
      limits: FOR_EVER,
      faults: [{ kind: "ModelStreamErrorException", after: 1 }],
    });
    const connection = await send(server.url, requestOf(STREAM, protocol));
    await answered(lines);
    await until(() => connection.received.includes("modelStreamErrorException"), "the exception");
    expect(connection.received).not.toContain(CHUNKED_END);
    expect(connection.socket.readableEnded).toBe(false);
    connection.socket.destroy();
  });
});

describe("the end isn't delayed", () => {
  it.each([
    ["a whole answer", requestOf(INVOKE, CLOSE), /"generation":"Hello"/u],
    [
      "a stream over HTTP/1.0 whose client asks for keep-alive",
      requestOf(STREAM, "HTTP/1.0\r\nConnection: keep-alive"),
      /vnd\.amazon\.eventstream/u,
    ],
    ["a whole answer over HTTP/1.0", requestOf(INVOKE, "HTTP/1.0"), /"generation":"Hello"/u],
    ["a refusal", requestOf(STREAM, CLOSE, "{}"), /^HTTP\/1\.1 400 /u],
    ["what has no route", requestOf("/nothing", CLOSE), /^HTTP\/1\.1 404 /u],
    ["Health", "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", /"ready"/u],
  ])("behind %s", async (_, request, expected) => {
    const { server } = await startServer(HELLO, { limits: FOR_EVER });
    const connection = await send(server.url, request);
    await connection.closed;
    expect(connection.received).toMatch(expected);
  });

  it("after a stream on a keep-alive connection", async () => {
    const { server } = await startServer(HELLO, { limits: FOR_EVER });
    const connection = await send(server.url, requestOf(STREAM, "HTTP/1.1"));
    await until(() => connection.received.endsWith(CHUNKED_END), "the end");
    connection.socket.write(requestOf(STREAM, "HTTP/1.1"));
    await until(() => connection.received.split(CHUNKED_END).length === 3, "the next one's end");
    connection.socket.destroy();
  });

  it("after a stream over HTTP/2", async () => {
    const { server } = await startServer(HELLO, { limits: FOR_EVER });
    expect(await sendHttp2(server.url, STREAM, { body: NATIVE })).toMatchObject({ status: 200 });
  });

  it("after a stream that a fault cuts", async () => {
    const { server } = await startServer(HELLO, {
      limits: FOR_EVER,
      faults: [{ kind: "cut", after: 1 }],
    });
    const connection = await send(server.url, requestOf(STREAM, CLOSE));
    await connection.closed;
    expect(connection.received).not.toContain(CHUNKED_END);
  });

  it("after a stream whose connection only the server closes", async () => {
    const { server, engine } = await startServer(
      { tokens: Array<string>(20).fill("x"), delayMs: 10 },
      { limits: FOR_EVER },
    );
    const connection = await send(server.url, requestOf(STREAM, "HTTP/1.1"));
    await until(() => engine.tokensRead > 2, "the first tokens");
    await server.close();
    await connection.closed;
    expect(connection.received.endsWith(CHUNKED_END)).toBe(true);
  });
});

describe("while the end is delayed", () => {
  it.each(["destroy", "end"] as const)("a client that disconnects by %s() ends the delay", async (leave) => {
    const { server, lines } = await startServer(HELLO, { limits: FOR_EVER });
    const connection = await send(server.url, requestOf(STREAM, CLOSE));
    await answered(lines);
    connection.socket[leave]();
    // waits for all running requests
    await server.close({ graceMs: 60_000 });
    expect(lines).toHaveLength(1);
    // everything has been received
    expect(lines[0]).not.toHaveProperty("abortedByClient");
  });

  it.each([undefined, 0])("a closing server waits for the end, with graceMs %s", async (graceMs) => {
    const { server, lines } = await startServer(HELLO, { limits: { lastFrameMs: 300 } });
    const sinceLogged = stopwatch(lines);
    const connection = await send(server.url, requestOf(STREAM, CLOSE));
    await answered(lines);
    await server.close(graceMs === undefined ? {} : { graceMs });
    expect(sinceLogged()).toBeGreaterThanOrEqual(300 - TIMER_EARLY_MS);
    await connection.closed;
    expect(connection.received.endsWith(CHUNKED_END)).toBe(true);
  });

  it("it is delayed too after the exception of a closing server", async () => {
    const { server, engine, lines } = await startServer({
      tokens: Array<string>(100_000).fill("x"),
      delayMs: 10,
    });
    const sinceLogged = stopwatch(lines);
    const connection = await send(server.url, requestOf(STREAM, CLOSE));
    await until(() => engine.tokensRead > 2, "the first tokens");
    await server.close({ graceMs: 0 });
    expect(sinceLogged()).toBeGreaterThanOrEqual(defaultLimits.lastFrameMs - TIMER_EARLY_MS);
    await connection.closed;
    expect(connection.received).toContain("modelStreamErrorException");
    expect(connection.received.endsWith(CHUNKED_END)).toBe(true);
  });
});

it("a request after a stream on a keep-alive connection gets its own delay", async () => {
  const { server, lines } = await startServer(HELLO, { limits: FOR_EVER });
  const connection = await send(server.url, requestOf(STREAM, "HTTP/1.1") + requestOf(STREAM, CLOSE));
  await answered(lines, 2);
  await until(() => connection.received.split("vnd.amazon.eventstream").length === 3, "both responses");
  expect(connection.received.split(CHUNKED_END)).toHaveLength(2);
  connection.socket.destroy();
});

it("a client that doesn't read is disconnected before its last frame is sent", async () => {
  // one after the other: Windows takes a first write whole, whatever its size, and says that it's sent
  const { server, lines } = await startServer(
    { tokens: Array<string>(200).fill("x".repeat(200_000)), delayMs: 1 },
    { limits: { stallMs: 1_000, readerLagBytes: 1e9 } },
  );
  const connection = await open(server.url);
  connection.socket.pause();
  connection.socket.write(requestOf(STREAM, CLOSE));
  await until(() => lines.length === 1, "the log line");
  expect(lines[0]).toMatchObject({ abortedByClient: true });
  connection.socket.destroy();
});

/** The time since the last log line, in ms. */
function stopwatch(lines: LogLine[]): () => number {
  let loggedAt = Infinity;
  const push = lines.push.bind(lines);
  lines.push = (...added) => {
    loggedAt = performance.now();
    return push(...added);
  };
  return () => performance.now() - loggedAt;
}

/** The JSON of all chunks received. */
function decoded(received: string): string {
  return [...received.matchAll(/"bytes":"([A-Za-z0-9+/=]*)"/gu)]
    .map(([, base64 = ""]) => Buffer.from(base64, "base64").toString())
    .join("");
}
