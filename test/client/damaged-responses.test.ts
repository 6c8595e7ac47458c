import { once } from "node:events";
import { createServer } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Writable } from "node:stream";

import { BedrockRuntimeClient, InvokeModelWithResponseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import CRC32 from "crc-32";
import { describe, expect, it, vi } from "vitest";

import { invokeLlama, LlamaResponseError, StreamBrokenError, streamLlama } from "../../src/client/index.js";
import { ResponseGuard } from "../../src/client/response-guard.js";
import { encodeMessage, type HeaderValue } from "../../src/event-stream/index.js";
import { begin, chunkFrame, exceptionFrame, frameServer, nativeBody } from "../support/frame-server.js";

// connections, on a machine that may be busy
vi.setConfig({ testTimeout: 60_000 });

const prompt = "[INST] Hello [/INST]";

const good = (n: number) => chunkFrame(nativeBody(n, `${n} `));
const EVENT = { ":event-type": "chunk", ":content-type": "application/json", ":message-type": "event" };

function message(headers: Record<string, string>, body: string | Uint8Array): Uint8Array {
  const values = Object.entries(headers).map(([name, value]): [string, HeaderValue] => [
    name,
    { type: "string", value },
  ]);
  return encodeMessage({ headers: new Map(values), body: Buffer.from(body) });
}

/** A chunk frame with other bytes in it, and with checksums that are right again. */
function changed(change: (view: DataView) => void, ...checksums: ("prelude" | "message")[]): Uint8Array {
  const bytes = Uint8Array.from(good(1));
  const view = new DataView(bytes.buffer);
  change(view);
  if (checksums.includes("prelude")) view.setInt32(8, CRC32.buf(bytes.subarray(0, 8)));
  if (checksums.includes("message")) view.setInt32(bytes.length - 4, CRC32.buf(bytes.subarray(0, -4)));
  return bytes;
}

const payload = (bytes: string | Uint8Array) =>
  message(EVENT, JSON.stringify({ bytes: Buffer.from(bytes).toString("base64") }));

/** Frames that no correct server sends. */
const damage: Readonly<Record<string, Uint8Array>> = {
  "a wrong checksum of the message": changed((view) => view.setInt32(view.byteLength - 4, 1)),
  "a wrong checksum of the prelude": changed((view) => view.setInt32(8, 1), "message"),
  "a changed byte": changed((view) => view.setUint8(60, view.getUint8(60) ^ 1)),
  "a length of 0": changed((view) => view.setUint32(0, 0), "prelude", "message"),
  "a length of 3": changed((view) => view.setUint32(0, 3), "prelude", "message"),
  "a length of 15": changed((view) => view.setUint32(0, 15), "prelude", "message"),
  "a length of 2 GB": changed((view) => view.setUint32(0, 2 ** 31), "prelude", "message"),
  "a length of 4 GB": changed((view) => view.setUint32(0, 2 ** 32 - 1), "prelude", "message"),
  "a length of headers beyond its own": changed((view) => view.setUint32(4, 100_000), "prelude", "message"),
  "headers that are cut": changed((view) => view.setUint32(4, 20), "prelude", "message"),
  "a header of an unknown type": changed(
    (view) => view.setUint8(12 + 1 + ":event-type".length, 77),
    "message",
  ),
  "a header's name that isn't UTF-8": changed((view) => view.setUint8(14, 0xff), "message"),
  "no headers": message({}, "{}"),
  "no type of message": message({ ":event-type": "chunk" }, "{}"),
  "no type of event": message({ ":message-type": "event" }, "{}"),
  "no type of exception": message({ ":message-type": "exception" }, "{}"),
  "an error without a code": message({ ":message-type": "error" }, "{}"),
  "an unknown type of message": message({ ...EVENT, ":message-type": "none" }, "{}"),
  "a payload that isn't JSON": message(EVENT, "<html>"),
  "a payload that isn't UTF-8": message(EVENT, Uint8Array.of(0xff, 0xfe, 0x7b)),
  "a payload of null": message(EVENT, "null"),
  "a payload of a list": message(EVENT, "[]"),
  "an empty payload in an exception": message(
    { ":message-type": "exception", ":exception-type": "throttlingException" },
    "<",
  ),
  "bytes that are a number": message(EVENT, '{"bytes":1}'),
  "bytes that aren't base64": message(EVENT, '{"bytes":"é€"}'),
  "a chunk that isn't JSON": payload("<html>"),
  "a chunk that isn't UTF-8": payload(Uint8Array.of(0xff, 0xfe)),
  "a chunk of another model": payload('{"completion":"Hi"}'),
  garbage: Buffer.from("HTTP/1.1 500 Internal Server Error\r\n\r\n"),
};

const SDK_EXCEPTION = expect.objectContaining({ $fault: expect.any(String) as string }) as object;

/** The classes that the documentation promises. */
function expectPromised(error: unknown): void {
  if (error instanceof StreamBrokenError || error instanceof LlamaResponseError) return;
  expect(error).toEqual(SDK_EXCEPTION);
}

async function read(url: `http://${string}`, signal?: AbortSignal) {
  let text = "";
  try {
    for await (const { generation } of streamLlama({ on: url, prompt, ...(signal && { signal }) }))
      text += generation;
  } catch (error) {
    return { text, error };
  }
  return { text, error: undefined };
}

describe.each(Object.entries(damage))("a stream with %s", (_, frame) => {
  it.each([
    ["first", [], [good(1), good(2)], ""],
    ["in the middle", [good(1), good(2)], [good(3)], "1 2 "],
    ["last", [good(1), good(2)], [], "1 2 "],
  ] as const)(
    "%s ends with an error of a promised class, after what came before",
    async (_where, before, after, expected) => {
      for (const apart of [true, false]) {
        await using server = await frameServer(async (stream) => {
          begin(stream);
          if (apart) {
            for (const each of before) stream.write(each);
            // the frames before it arrive by themselves
            await new Promise((resolve) => setTimeout(resolve, 20));
            stream.write(frame);
            for (const each of after) stream.write(each);
          } else {
            stream.write(Buffer.concat([...before, frame, ...after]));
          }
          stream.end(chunkFrame(nativeBody(4, "end", "stop")));
        });
        const { text, error } = await read(server.url);
        // what only looks damaged may be skipped, and then the stream goes on
        if (error === undefined) expect(text.startsWith(expected)).toBe(true);
        else {
          expectPromised(error);
          expect(text).toBe(expected);
        }
      }
    },
  );
});

it("of these, only a frame without a chunk is skipped", async () => {
  const skipped = [];
  for (const [name, frame] of Object.entries(damage)) {
    await using server = await frameServer((stream) => {
      begin(stream);
      stream.end(Buffer.concat([frame, chunkFrame(nativeBody(1, "end", "stop"))]));
    });
    const { error } = await read(server.url);
    if (error === undefined) skipped.push(name);
  }
  expect(skipped).toEqual(["a payload of null", "a payload of a list"]);
});

/** Writes until the client has gone. Returns the bytes that it took. */
async function writeForEver(stream: Writable, piece: Uint8Array): Promise<number> {
  let taken = 0;
  let wake: () => void = () => undefined;
  stream.on("drain", () => wake()).on("close", () => wake());
  for (; !stream.destroyed; taken += piece.length)
    if (!stream.write(piece)) await new Promise<void>((resolve) => (wake = resolve));
  return taken;
}

const head = (stream: ServerHttp2Stream, status: number, type = "application/json") =>
  stream.respond({ ":status": status, "content-type": type });

const MEBIBYTE = new Uint8Array(1024 * 1024).fill(0x78);

describe("a body that never ends", () => {
  it.each([
    ["an error's", 400, "application/json", MEBIBYTE],
    ["a failure's", 500, "text/html", MEBIBYTE],
    ["a whole answer's", 200, "application/json", MEBIBYTE],
    ["a stream's, of no frames", 200, "application/vnd.amazon.eventstream", MEBIBYTE],
    ["a stream's, of another type", 200, "text/html", MEBIBYTE],
  ])("is read up to a bound: %s", async (_, status, type, piece) => {
    const taken: Promise<number>[] = [];
    await using server = await frameServer((stream) => {
      head(stream, status, type);
      taken.push(writeForEver(stream, piece));
    });
    expectPromised((await read(server.url)).error);
    await expect(invokeLlama({ on: server.url, prompt })).rejects.toBeInstanceOf(LlamaResponseError);
    // with what the buffers of both sides hold
    for (const bytes of await Promise.all(taken)) expect(bytes).toBeLessThan(40 * 1024 * 1024);
  });

  it("is read up to a bound: a frame that claims 2 GB, and goes on", async () => {
    let taken: Promise<number> | undefined;
    await using server = await frameServer((stream) => {
      begin(stream);
      stream.write(good(1));
      stream.write(damage["a length of 2 GB"] ?? MEBIBYTE);
      taken = writeForEver(stream, MEBIBYTE);
    });
    const { text, error } = await read(server.url);
    expect(text).toBe("1 ");
    expect(error).toMatchObject({ name: "StreamBrokenError", chunks: 1 });
    expect(await taken).toBeLessThan(40 * 1024 * 1024);
  });

  it("is waited for so long: an error's of which a byte comes now and then", async () => {
    await using server = await frameServer(async (stream) => {
      head(stream, 400);
      for (; !stream.destroyed; await new Promise((resolve) => setTimeout(resolve, 50))) stream.write(" ");
    });
    expect((await read(server.url)).error).toBeInstanceOf(LlamaResponseError);
  });
});

describe("an error whose body is cut", () => {
  it.each<[string, (stream: ServerHttp2Stream) => void]>([
    ["by its end", (stream) => stream.end()],
    ["by a reset", (stream) => stream.close(2)],
    ["by a cancellation", (stream) => stream.close(8)],
    ["with its connection", (stream) => stream.session?.destroy()],
  ])(
    "%s is an error of a promised class",
    async (_, cut) => {
      await using server = await frameServer(async (stream) => {
        head(stream, 400);
        stream.write('{"message":"The provided mod');
        await new Promise((resolve) => setTimeout(resolve, 50));
        cut(stream);
      });
      expect((await read(server.url)).error).toBeInstanceOf(LlamaResponseError);
      await expect(invokeLlama({ on: server.url, prompt })).rejects.toMatchObject({
        name: "LlamaResponseError",
        body: expect.stringContaining("HTTP status 400") as string,
      });
    },
    30_000,
  );
});

describe("an answer that isn't Bedrock's", () => {
  it.each([
    ["a page instead of an answer", 200, "text/html", "<html>Sign in</html>"],
    ["a page instead of an error", 403, "text/html", "<html>Sign in</html>"],
    ["an error that isn't JSON", 400, "application/json", "Sign in"],
    ["an error that isn't UTF-8", 400, "application/json", Buffer.from("Sign in\xff\xfe", "latin1")],
  ])("is quoted: %s", async (_, status, type, body) => {
    await using server = await frameServer((stream) => {
      head(stream, status, type);
      stream.end(body);
    });
    const { error } = await read(server.url);
    expect(error).toBeInstanceOf(LlamaResponseError);
    expect((error as Error).message).toContain("Sign in");
    await expect(invokeLlama({ on: server.url, prompt })).rejects.toThrow("Sign in");
  });

  it("is an exception of the SDK if it is JSON", async () => {
    await using server = await frameServer((stream) => {
      head(stream, 400);
      stream.end("{}");
    });
    expect((await read(server.url)).error).toEqual(SDK_EXCEPTION);
  });
});

it("an exception is Bedrock's as the first frame, too", async () => {
  await using server = await frameServer((stream) => {
    begin(stream);
    stream.end(exceptionFrame("modelStreamErrorException", "It broke."));
  });
  expect((await read(server.url)).error).toMatchObject({
    name: "ModelStreamErrorException",
    message: "It broke.",
  });
});

it("where there is no response, the error is the network's", async () => {
  await using server = await frameServer(() => undefined);
  const { url } = server;
  await server[Symbol.asyncDispose]();
  expect((await read(url)).error).toMatchObject({
    message: expect.stringContaining("ECONNREFUSED") as string,
  });
});

describe("over HTTP/1.1", () => {
  it.each([
    ["a damaged first frame", 200, damage["a length of 0"] ?? MEBIBYTE, false, StreamBrokenError],
    [
      "a frame that claims 2 GB, and goes on",
      200,
      damage["a length of 2 GB"] ?? MEBIBYTE,
      true,
      StreamBrokenError,
    ],
    ["an error without an end", 500, MEBIBYTE, true, LlamaResponseError],
  ])("%s is found", async (_, status, bytes, goesOn, expected) => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(status, {
        "content-type": status === 200 ? "application/vnd.amazon.eventstream" : "text/html",
      });
      response.write(bytes);
      if (goesOn) void writeForEver(response, MEBIBYTE);
      else response.end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = new BedrockRuntimeClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      requestHandler: new NodeHttpHandler(),
      maxAttempts: 1,
    });
    const command = new InvokeModelWithResponseStreamCommand({
      modelId: "meta.llama2-13b-chat-v1",
      body: "{}",
    });
    const guard = new ResponseGuard(command, { streams: true });
    const error = await client.send(command).catch((reason: unknown) => guard.explain(reason));
    expect(error).toBeInstanceOf(expected);
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
});
