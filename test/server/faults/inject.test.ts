import { connect as connectHttp2 } from "node:http2";

import { describe, expect, it, onTestFinished } from "vitest";

import type { Fault } from "../../../src/server/index.js";
import { readChunks, readFrames } from "../support/frames.js";
import { openRaw, protocols, type RawConnection } from "../support/http.js";
import { INVOKE, startServer, STREAM, until } from "../support/start.js";

const BODY = '{"prompt":"Hi"}';
const TOKENS = ["a", "b", "c", "d"];

/** A stream, read as it arrives over either protocol, whose client can disconnect. */
interface OpenStream {
  readonly received: () => string;
  readonly closed: () => boolean;
  leave(): void;
}

function openHttp1(url: string, path: string): OpenStream {
  const connection: RawConnection = openRaw(url);
  let closed = false;
  void connection.closed.then(() => (closed = true));
  connection.socket.write(
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
  );
  return {
    received: () => connection.received,
    closed: () => closed,
    leave: () => connection.socket.destroy(),
  };
}

function openHttp2(url: string, path: string): OpenStream {
  const session = connectHttp2(url);
  const stream = session.request({ ":method": "POST", ":path": path });
  let received = "";
  let closed = false;
  session.on("error", () => undefined).on("close", () => (closed = true));
  stream.on("error", () => undefined);
  stream.on("data", (part: Buffer) => (received += part.toString("latin1")));
  stream.end(BODY);
  onTestFinished(() => session.destroy());
  return { received: () => received, closed: () => closed, leave: () => stream.close() };
}

const opened = [
  ["HTTP/1.1", openHttp1],
  ["HTTP/2", openHttp2],
] as const;

function started(faults: readonly Fault[], tokens: readonly string[] = TOKENS) {
  return startServer({ tokens }, { faults, padding: false });
}

/** The number of chunks received. */
const chunksIn = (text: string) => text.split(":event-type").length - 1;

describe.each(protocols)("faults over %s", (_, send) => {
  it("end a stream with the given exception after the given number of tokens", async () => {
    const { server, lines } = await started([{ kind: "ThrottlingException", after: 2, count: 1 }]);
    const frames = readFrames((await send(server.url, STREAM, { body: BODY })).body);
    expect(frames.map(({ type }) => type)).toEqual(["chunk", "chunk", "throttlingException"]);
    expect(lines.at(-1)).toMatchObject({
      status: 200,
      fault: "ThrottlingException",
      exception: "ThrottlingException",
      generatedTokens: 2,
    });
    const next = await send(server.url, STREAM, { body: BODY });
    expect(readChunks(next.body)).toHaveLength(TOKENS.length + 1);
    expect(lines.at(-1)).not.toHaveProperty("fault");
  });

  it("fail a response without streaming as a whole, with `after` too", async () => {
    const { server } = await started([{ kind: "ThrottlingException", after: 2 }]);
    const response = await send(server.url, INVOKE, { body: BODY });
    expect([response.status, response.body.toString()]).toEqual([
      429,
      '{"message":"Too many requests, please wait before trying again."}',
    ]);
  });

  it("aren't injected or used up if the answer ends earlier", async () => {
    const { server, lines } = await started([{ kind: "cut", after: 6, count: 1 }], ["a"]);
    for (let i = 0; i < 2; i += 1) {
      expect(readChunks((await send(server.url, STREAM, { body: BODY })).body)).toHaveLength(2);
    }
    expect(lines.filter((line) => line["fault"] !== undefined)).toEqual([]);
  });

  it("become the exception that every SDK reports if the stream can't carry the given one", async () => {
    const { server } = await started([{ kind: "AccessDeniedException", after: 1 }]);
    const frames = readFrames((await send(server.url, STREAM, { body: BODY })).body);
    expect(frames.at(-1)).toMatchObject({
      type: "modelStreamErrorException",
      json: expect.stringContaining("You don't have access to the model") as string,
    });
  });

  it("carry the given message in every field", async () => {
    const { server } = await started([
      { kind: "ModelStreamErrorException", after: 1, message: 'So "be", it.' },
    ]);
    const frames = readFrames((await send(server.url, STREAM, { body: BODY })).body);
    expect(JSON.parse(frames.at(-1)?.json ?? "")).toEqual({
      message: 'So "be", it.',
      originalStatusCode: 500,
      originalMessage: 'So "be", it.',
    });
  });

  it("are injected into the given operation only", async () => {
    const { server } = await started([{ kind: "ThrottlingException", operation: "InvokeModel" }]);
    expect((await send(server.url, INVOKE, { body: BODY })).status).toBe(429);
    expect((await send(server.url, STREAM, { body: BODY })).status).toBe(200);
    expect((await send(server.url, "/health", { method: "GET" })).status).toBe(200);
  });

  it("aren't used up by a request that is refused for another reason", async () => {
    const { server } = await started([{ kind: "ThrottlingException", count: 1 }]);
    expect((await send(server.url, INVOKE, { body: "{}" })).status).toBe(400);
    expect((await send(server.url, INVOKE, { body: BODY })).status).toBe(429);
    expect((await send(server.url, INVOKE, { body: BODY })).status).toBe(200);
  });

  it("delay the first token", async () => {
    const { server, lines } = await started([{ kind: "slow", ms: 300 }]);
    await send(server.url, STREAM, { body: BODY });
    expect(lines.at(-1)?.["timeToFirstTokenMs"]).toBeGreaterThanOrEqual(299);
    expect(lines.at(-1)).toMatchObject({ fault: "slow", generatedTokens: 5 });
  });

  it("delay a stream, then end it, if both are given", async () => {
    const { server, lines } = await started([
      { kind: "slow", ms: 1 },
      { kind: "InternalServerException", after: 1 },
    ]);
    const frames = readFrames((await send(server.url, STREAM, { body: BODY })).body);
    expect(frames.map(({ type }) => type)).toEqual(["chunk", "internalServerException"]);
    expect(lines.at(-1)).toMatchObject({ fault: "slow, InternalServerException" });
  });
});

describe.each(opened)("a connection that is cut over %s", (_, open) => {
  it("ends before there is a response", async () => {
    const { server, lines } = await started([{ kind: "cut" }]);
    const stream = open(server.url, STREAM);
    await until(stream.closed, "the end of the connection");
    expect(stream.received()).toBe("");
    const [line] = lines.slice(-1);
    expect(line).toMatchObject({ level: 30, fault: "cut", operation: "InvokeModelWithResponseStream" });
    expect(line).not.toHaveProperty("status");
    expect(line).not.toHaveProperty("abortedByClient");
  });

  it.each([0, 1, 3])("ends after %i tokens, all of which arrive", async (after) => {
    const { server } = await started([{ kind: "cut", after }]);
    const stream = open(server.url, STREAM);
    await until(stream.closed, "the end of the connection");
    expect(chunksIn(stream.received())).toBe(after);
  });

  it("ends before a response without streaming", async () => {
    const { server } = await started([{ kind: "cut", after: 2 }]);
    const stream = open(server.url, INVOKE);
    await until(stream.closed, "the end of the connection");
    expect(stream.received()).toBe("");
  });
});

describe.each(opened)("a stream that stalls over %s", (_, open) => {
  it("sends its tokens, then nothing, until the client disconnects", async () => {
    const { server, engine, lines } = await started([{ kind: "stall", after: 2 }]);
    const stream = open(server.url, STREAM);
    await until(() => chunksIn(stream.received()) === 2, "two tokens");
    // a stream without a stall would have ended long before
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([chunksIn(stream.received()), stream.closed()]).toEqual([2, false]);
    stream.leave();
    await until(() => lines.some(({ fault }) => fault === "stall"), "the log line");
    expect(lines.at(-1)).toMatchObject({ abortedByClient: true, generatedTokens: 2 });
    expect(engine.requests[0]?.signal?.aborted).toBe(true);
  });

  it("ends with an exception when the server closes", async () => {
    const { server } = await started([{ kind: "stall", after: 1 }]);
    const stream = open(server.url, STREAM);
    await until(() => chunksIn(stream.received()) === 1, "one token");
    await server.close({ graceMs: 20 });
    await until(() => stream.received().includes("modelStreamErrorException"), "the exception");
  });

  it("never answers a request without streaming", async () => {
    const { server, engine, lines } = await started([{ kind: "stall" }]);
    const stream = open(server.url, INVOKE);
    await until(() => engine.requests.length === 1, "the generation");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([stream.received(), stream.closed()]).toEqual(["", false]);
    stream.leave();
    await until(() => lines.some(({ abortedByClient }) => abortedByClient === true), "the log line");
  });
});

it("the log lists the faults at the start", async () => {
  const faults = [{ kind: "cut", count: 1 } as const];
  const { lines } = await started(faults);
  expect(lines).toMatchObject([{ level: 40, msg: "faults will be injected", faults }]);
});
