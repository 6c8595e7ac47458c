import { constants, connect as connectHttp2 } from "node:http2";
import { Readable } from "node:stream";

import {
  type BedrockRuntimeClient,
  ConverseCommand,
  InvokeModelCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it, onTestFinished } from "vitest";

import type { ServeOptions } from "../../../src/server/index.js";
import { emptyFolder } from "../../support/folder.js";
import { openRaw, protocols } from "../support/http.js";
import { sdkProtocols } from "../support/sdk.js";
import { INVOKE, MODEL, startServer, STREAM, until } from "../support/start.js";

/** Bodies that are refused before they were read: whatever their size, the client learns why. */
const MB = 1_000_000;
const SIZES = [1 * MB, 12 * MB, 24 * MB, 30 * MB];
const HELLO = { tokens: ["Hello"] };
/** The answer to a body over the limit comes once that much of it was read. */
const LIMIT = 25 * MB;

interface Refusal {
  readonly name: string;
  readonly model?: string;
  readonly options?: ServeOptions;
  readonly status: number;
  readonly exception: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const REFUSALS: readonly Refusal[] = [
  { name: "an unknown model", model: "nothing", status: 400, exception: "ValidationException" },
  {
    name: "credentials that nobody has",
    options: { auth: "keys" },
    status: 403,
    exception: "AccessDeniedException",
    headers: { authorization: "Bearer unknown" },
  },
  {
    name: "no slot",
    options: { limits: { requests: 0 } },
    status: 429,
    exception: "ThrottlingException",
  },
  {
    name: "no memory for bodies",
    options: { limits: { bodyBytesInAll: 100_000, bodyBytes: 64 * MB } },
    status: 429,
    exception: "ThrottlingException",
  },
  {
    name: "a page of another origin",
    headers: { origin: "https://example.com" },
    status: 403,
    exception: "AccessDeniedException",
  },
];

async function start({ options }: Refusal): Promise<string> {
  const home = await emptyFolder();
  process.env["CRIA_API_KEY"] = "a-key-that-is-long-enough-for-cria";
  onTestFinished(() => {
    delete process.env["CRIA_API_KEY"];
  });
  const { server } = await startServer(HELLO, { ...options, keysFile: `${home}/keys.json` });
  return server.url;
}

/** Replaces parts of each request, behind the signature. */
function change(
  client: BedrockRuntimeClient,
  { headers = {}, body }: { readonly headers?: Refusal["headers"]; readonly body?: () => Readable },
): BedrockRuntimeClient {
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { headers: Record<string, string>; body: unknown };
      Object.assign(request.headers, headers);
      if (body) request.body = body();
      return next(args);
    },
    { step: "deserialize", priority: "high" },
  );
  return client;
}

/** Comes in pieces, for longer than the server waits without a byte. */
const [PIECES, PIECE_MS, PIECE] = [14, 500, Buffer.alloc(100_000, "a")];
function slowBody(): Readable {
  return Readable.from(
    (async function* () {
      for (let i = 0; i < PIECES; i += 1) {
        yield PIECE;
        await new Promise((resolve) => setTimeout(resolve, PIECE_MS));
      }
    })(),
  );
}

describe.each(sdkProtocols)("the SDK for JavaScript over %s", (_, plainClient) => {
  const clientFor = (endpoint: string, headers?: Refusal["headers"]) =>
    change(plainClient(endpoint), { ...(headers && { headers }) });

  describe.each(REFUSALS)("learns of $name", (refusal) => {
    it.each(SIZES)("with %i bytes", async (size) => {
      const client = clientFor(await start(refusal), refusal.headers);
      const body = Buffer.alloc(size, "a");
      const command = new InvokeModelCommand({ modelId: refusal.model ?? MODEL, body });
      await expect(client.send(command)).rejects.toMatchObject({ name: refusal.exception });
    });
  });

  it.each([LIMIT + 1, 30 * MB])("learns of a body that is too large: %i bytes", async (size) => {
    const { server } = await startServer(HELLO);
    const client = clientFor(server.url);
    const messages = [{ role: "user" as const, content: [{ text: "a".repeat(size) }] }];
    await expect(client.send(new ConverseCommand({ modelId: MODEL, messages }))).rejects.toMatchObject({
      name: "ValidationException",
    });
  });
});

describe.each(sdkProtocols)("the SDK for JavaScript over %s that sends slowly", (_, clientFor) => {
  // all in one test, since they do little but wait
  it("learns of each refusal", { timeout: 60_000 }, async () => {
    const learned = REFUSALS.map(async (refusal) => {
      const { headers = {}, model: modelId = MODEL } = refusal;
      const client = change(clientFor(await start(refusal)), { headers, body: slowBody });
      const body = Buffer.alloc(PIECES * PIECE.length, "a");
      const sent = client.send(new InvokeModelCommand({ modelId, body }));
      return sent.then(
        () => "an answer",
        (error: unknown) => (error as Error).name,
      );
    });
    expect(await Promise.all(learned)).toEqual(REFUSALS.map(({ exception }) => exception));
  });
});

describe.each(protocols)("over %s, a raw client", (_, send) => {
  describe.each(REFUSALS)("learns of $name", (refusal) => {
    it.each(SIZES)("with %i bytes", async (size) => {
      const url = await start(refusal);
      const path = `/model/${refusal.model ?? MODEL}/invoke`;
      const { headers = {}, status } = refusal;
      expect(await send(url, path, { headers, body: Buffer.alloc(size, "a") })).toMatchObject({ status });
    });
  });
});

describe("while its body is discarded", () => {
  it("an HTTP/2 request has no slot and no memory", async () => {
    const { server } = await startServer(HELLO, { limits: { requests: 1, bodyBytesInAll: 20_000 } });
    const session = connectHttp2(server.url);
    onTestFinished(() => session.destroy());
    const post = { ":method": "POST", ":path": "/model/nothing/invoke" };
    const held = session.request(post, { endStream: false });
    let status: unknown;
    held.on("response", (headers) => (status = headers[":status"]));
    await new Promise((resolve) => held.write(Buffer.alloc(100_000), resolve));
    const [, send] = protocols[1] ?? [];
    expect(await send?.(server.url, INVOKE, { body: '{"prompt":"Hi"}' })).toMatchObject({ status: 200 });
    expect(status).toBeUndefined();
    held.end();
    await until(() => status === 400, "the answer");
  });

  it("an HTTP/1.1 request has no slot either", async () => {
    const { server } = await startServer(HELLO, { limits: { requests: 1 } });
    const { socket } = openRaw(server.url);
    onTestFinished(() => void socket.destroy());
    socket.write(
      "POST /model/nothing/invoke HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nbeginning",
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [, send] = protocols[0] ?? [];
    expect(await send?.(server.url, INVOKE, { body: '{"prompt":"Hi"}' })).toMatchObject({ status: 200 });
  });

  it("an HTTP/2 client that sends slowly is waited for, as long as something comes", async () => {
    const { server } = await startServer(HELLO, { limits: { drainMs: 1_000 } });
    const session = connectHttp2(server.url);
    onTestFinished(() => session.destroy());
    const stream = session.request(
      { ":method": "POST", ":path": "/model/nothing/invoke" },
      { endStream: false },
    );
    let status: unknown;
    stream.on("response", (headers) => (status = headers[":status"]));
    for (let i = 0; i < 15; i += 1) {
      stream.write(Buffer.alloc(1_000));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(status).toBeUndefined();
    stream.end();
    await until(() => status === 400, "the answer");
  });

  it("no HTTP/2 client is waited for longer than a whole request may take", async () => {
    const { server } = await startServer(HELLO, { limits: { requestMs: 300 } });
    const session = connectHttp2(server.url);
    onTestFinished(() => session.destroy());
    const stream = session.request(
      { ":method": "POST", ":path": "/model/nothing/invoke" },
      { endStream: false },
    );
    stream.on("error", () => undefined);
    let status: unknown;
    stream.on("response", (headers) => (status = headers[":status"]));
    const sending = setInterval(() => stream.write("x"), 20);
    onTestFinished(() => clearInterval(sending));
    await until(() => status === 400, "the answer");
  });

  it.each([
    ["time", { drainMs: 200 }, 1_000],
    ["bytes", { drainBytes: 100_000 }, 1_000_000],
  ])("a bound of %s ends the wait of an HTTP/2 client", async (_, limits, bytes) => {
    const { server } = await startServer(HELLO, { limits });
    const session = connectHttp2(server.url);
    onTestFinished(() => session.destroy());
    const post = { ":method": "POST", ":path": STREAM.replace(MODEL, "nothing") };
    const stream = session.request(post, { endStream: false });
    stream.on("error", () => undefined);
    const status = new Promise((resolve) => stream.on("response", (headers) => resolve(headers[":status"])));
    stream.write(Buffer.alloc(bytes));
    expect(await status).toBe(400);
    await until(() => stream.closed, "the end of the stream");
    expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
  });
});
