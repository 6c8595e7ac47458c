import { spawn, spawnSync } from "node:child_process";

import {
  BedrockRuntimeClient,
  ConverseStreamCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { describe, expect, it, onTestFinished } from "vitest";

import { streamLlama } from "../../../src/client/index.js";
import { createScriptedEngine, withAdmission } from "../../../src/engine/index.js";
import { serve } from "../../../src/server/index.js";
import { withBoto3 } from "../../support/boto3.js";
import { readFrames } from "../support/frames.js";
import { openRaw, protocols } from "../support/http.js";
import { INVOKE, MODEL, startServer, STREAM, until } from "../support/start.js";

/** Real clients that wait a long time for a token. */
/** Keeps the tests fast: a frame is opened within 150 ms. */
const limits = { silenceMs: 50 };

/** A slow prompt, a slow token in the middle, and a slow token that doesn't fit into its open frame. */
const SLOW = {
  tokens: [
    { text: "Hel", delayMs: 400 },
    { text: "lo é", delayMs: 400 },
    "!",
    { text: "x".repeat(80), delayMs: 400 },
  ],
  promptTokens: 7,
};
const TEXT = `Hello é!${"x".repeat(80)}`;
const MESSAGES = [{ role: "user" as const, content: [{ text: "Hi" }] }];
const BODY = '{"prompt":"Hi"}';

interface Chunk {
  readonly generation: string;
  readonly prompt_token_count: number | null;
  readonly generation_token_count: number;
}

/** Text, counts and the number of chunks: one for each token, and an empty one before the token that doesn't fit. */
function expectChunks(chunks: readonly Chunk[]) {
  expect(chunks.map(({ generation }) => generation)).toEqual(["Hel", "lo é", "!", "", "x".repeat(80), ""]);
  expect(chunks.map((chunk) => chunk.generation_token_count)).toEqual([1, 2, 3, 3, 4, 5]);
  expect(chunks.map((chunk) => chunk.prompt_token_count)).toEqual([7, null, null, null, null, null]);
}

describe.each([
  ["its default handler, HTTP/2", () => undefined],
  ["HTTP/1.1", () => new NodeHttpHandler()],
])("the AWS SDK for JavaScript over %s", (_, handler) => {
  async function client() {
    const { server } = await startServer(SLOW, { limits });
    const requestHandler = handler();
    const sdk = new BedrockRuntimeClient({
      endpoint: server.url,
      region: "us-east-1",
      credentials: { accessKeyId: "cria", secretAccessKey: "cria" },
      ...(requestHandler && { requestHandler }),
    });
    onTestFinished(() => sdk.destroy());
    return sdk;
  }

  it("reads one chunk for each token", async () => {
    const sdk = await client();
    const { body } = await sdk.send(new InvokeModelWithResponseStreamCommand({ modelId: MODEL, body: BODY }));
    const chunks = [];
    for await (const { chunk } of body ?? []) {
      chunks.push(JSON.parse(Buffer.from(chunk?.bytes ?? []).toString()) as Chunk);
    }
    expectChunks(chunks);
  });

  it("reads Converse's events", async () => {
    const sdk = await client();
    const { stream } = await sdk.send(new ConverseStreamCommand({ modelId: MODEL, messages: MESSAGES }));
    let text = "";
    const types = [];
    for await (const event of stream ?? []) {
      text += event.contentBlockDelta?.delta?.text ?? "";
      types.push(Object.keys(event)[0]);
    }
    expect(text).toBe(TEXT);
    expect(types).toEqual([
      "messageStart",
      ...Array<string>(6).fill("contentBlockDelta"),
      "contentBlockStop",
      "messageStop",
      "metadata",
    ]);
  });
});

it("boto3 reads them", async (context) => {
  const { server } = await startServer(SLOW, { limits });
  const [chunks, text] = await withBoto3(
    context,
    server,
    `
client = boto3.client("bedrock-runtime", region_name="us-east-1")
body = client.invoke_model_with_response_stream(modelId="${MODEL}", body='{"prompt":"Hi"}')["body"]
tell([json.loads(event["chunk"]["bytes"]) for event in body])
stream = client.converse_stream(modelId="${MODEL}", messages=[{"role": "user", "content": [{"text": "Hi"}]}])["stream"]
tell("".join(event.get("contentBlockDelta", {"delta": {"text": ""}})["delta"]["text"] for event in stream))
`,
  );
  expectChunks(chunks as Chunk[]);
  expect(text).toBe(TEXT);
}, 30_000);

it("a program of Cria's own reads them", async () => {
  const { server } = await startServer(SLOW, { limits });
  const stream = streamLlama({ on: server, prompt: "Hi" });
  let text = "";
  for await (const { generation } of stream) text += generation;
  expect(text).toBe(TEXT);
  expect(stream.totals).toMatchObject({ promptTokenCount: 7, generationTokenCount: 5, stopReason: "stop" });
});

/** libcurl's settings in the SDK for C++: it gives up after 3 s below 1 byte/s. */
const IMPATIENT = ["--speed-limit", "1", "--speed-time", "3"];

/** curl's exit status after it gave up on a slow transfer. */
const TOO_SLOW = 28;

function curl(url: string, http: string): Promise<{ code: number | null; body: Buffer }> {
  const headers = ["-H", "content-type: application/json", "-d", BODY];
  const child = spawn("curl", ["-sS", "-N", http, ...IMPATIENT, ...headers, `${url}${STREAM}`]);
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, body: Buffer.concat(parts) }));
  });
}

it("curl with a limit of 1 byte/s for 3 s waits for the first and for later tokens, but not for a fault", async (context) => {
  if (spawnSync("curl", ["--version"]).status !== 0) context.skip("there is no curl");
  const tokens = [
    { text: "a", delayMs: 4_200 },
    { text: "b", delayMs: 4_200 },
  ];
  const { server } = await startServer({ tokens, promptTokens: 7 });
  const faults = [{ kind: "slow", ms: 20_000, after: 1 } as const];
  const { server: faulty } = await startServer({ tokens: ["a", "b"] }, { faults });
  const [http1, http2, late] = await Promise.all([
    curl(server.url, "--http1.1"),
    curl(server.url, "--http2-prior-knowledge"),
    curl(faulty.url, "--http1.1"),
  ]);
  for (const { code, body } of [http1, http2]) {
    expect(code).toBe(0);
    expect(readFrames(body)).toHaveLength(3);
  }
  expect(late.code).toBe(TOO_SLOW);
}, 30_000);

describe.each(protocols)("before the head of the response, over %s", (_, send) => {
  it("nothing is sent, so that a waiting request can still be refused", async () => {
    const scripted = createScriptedEngine({
      script: { tokens: ["a"], delayMs: 60_000 },
      model: { sequences: 1 },
    });
    const engine = withAdmission(scripted, { waitMs: 500 });
    const server = await serve({ engine, as: MODEL, limits });
    onTestFinished(() => server.close({ graceMs: 0 }));
    const running = openRaw(server.url);
    onTestFinished(() => void running.socket.destroy());
    running.socket.write(
      `POST ${STREAM} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
    );
    await until(() => running.received.startsWith("HTTP/1.1 200"), "the first request's head");
    expect(await send(server.url, STREAM, { body: BODY })).toMatchObject({ status: 429 });
  });
});

it("a connection that a fault cuts ends with a complete frame", async () => {
  const { server } = await startServer(
    { tokens: ["a", { text: "never sent", delayMs: 400 }], promptTokens: 7 },
    { limits, faults: [{ kind: "cut", after: 1 }] },
  );
  const connection = openRaw(server.url);
  connection.socket.write(
    `POST ${STREAM} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
  );
  await connection.closed;
  expect(readFrames(unchunked(connection.received)).map(({ json }) => json)).toEqual([
    '{"generation":"a","prompt_token_count":7,"generation_token_count":1,"stop_reason":null}',
    '{"generation":"","prompt_token_count":null,"generation_token_count":1,"stop_reason":null}',
  ]);
});

/** The body of a response with chunked encoding, complete or not. */
function unchunked(received: string): Buffer {
  let rest = received.slice(received.indexOf("\r\n\r\n") + 4);
  const parts: string[] = [];
  while (rest !== "") {
    const line = rest.indexOf("\r\n");
    const length = Number.parseInt(rest.slice(0, line), 16);
    parts.push(rest.slice(line + 2, line + 2 + length));
    rest = rest.slice(line + 2 + length + 2);
  }
  return Buffer.from(parts.join(""), "latin1");
}

it("a stream is patient, since it is kept alive; a request without streaming isn't", async () => {
  const { server, engine } = await startServer({ tokens: ["a"] });
  const [, send] = protocols[0] ?? [];
  await send?.(server.url, STREAM, { body: BODY });
  await send?.(server.url, INVOKE, { body: BODY });
  expect(engine.requests.map(({ patient }) => patient)).toEqual([true, false]);
});
