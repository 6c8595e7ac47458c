import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { readHttp1 } from "../../fuzz/oracle/http1-answers.js";
import { readChunks, readEvents } from "../support/frames.js";
import { openRaw } from "../support/http.js";
import { until } from "../support/start.js";
import { identity, openSecure } from "../support/tls.js";
import { startGuardedServer } from "./guarded-server.js";
import { keysOf } from "./support.js";

/** A request as the AWS SDK for .NET sent it: see `test/fixtures/dotnet/README.md`. */
interface DotnetRequest {
  readonly sdk: string;
  readonly operation: string;
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bodyBase64: string;
}

const folder = new URL("../../fixtures/dotnet/", import.meta.url);
const recordings = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((file) => ({
    name: file.replace(".json", ""),
    request: JSON.parse(readFileSync(new URL(file, folder), "utf8")) as DotnetRequest,
  }));

const KEY = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  apiKeySha256: createHash("sha256").update("bedrock-api-key-EXAMPLE").digest("hex"),
};
const SESSION_KEY = { ...KEY, sessionToken: "FwoGZXIvYXdzEXAMPLETOKEN//////////wEaDEXAMPLE+/=" };

const MODEL = "meta.llama3-8b-instruct-v1:0";
const PROFILE = "us.meta.llama3-3-70b-instruct-v1:0";
const PROFILE_ARN = `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${PROFILE}`;

function headerOf({ headers }: DotnetRequest, wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function isBearer(request: DotnetRequest): boolean {
  return headerOf(request, "authorization")?.startsWith("Bearer ") === true;
}

/** The request's bytes on the wire. */
function bytesOf({ method, target, httpVersion, headers, bodyBase64 }: DotnetRequest): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([
    Buffer.from(`${method} ${target} HTTP/${httpVersion}\r\n${lines}\r\n`),
    Buffer.from(bodyBase64, "base64"),
  ]);
}

/** When it was signed, in ms since 1970; now, if it isn't signed. */
function timeOf(request: DotnetRequest): number {
  const date = headerOf(request, "x-amz-date");
  if (date === undefined) return Date.now();
  const iso = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u;
  expect(date).toMatch(iso);
  return Date.parse(date.replace(iso, "$1-$2-$3T$4:$5:$6Z"));
}

/** Sends bytes to a server that requires keys, whose clock shows the time of the request. */
async function send(request: DotnetRequest, bytes: Buffer) {
  const isSession = headerOf(request, "x-amz-security-token") !== undefined;
  const now = timeOf(request);
  const { url, lines, engine } = await startGuardedServer(keysOf(isSession ? SESSION_KEY : KEY), {
    now: () => now,
    ...(isBearer(request) && { tls: identity }),
  });
  const counted: string[] = [];
  const countTokens = engine.countTokens.bind(engine);
  engine.countTokens = (prompt, ...rest) => {
    counted.push(prompt);
    return countTokens(prompt, ...rest);
  };
  const connection = isBearer(request)
    ? await openSecure(url, { ALPNProtocols: ["http/1.1"] })
    : openRaw(url);
  connection.socket.write(bytes);
  const answers = () => readHttp1(connection.received, false).answers;
  await until(() => answers().length === 1, "the answer");
  await until(() => lines.some(({ operation }) => operation !== undefined), "the log line");
  connection.socket.destroy();
  const { status = 0, headers = [], body = Buffer.alloc(0) } = answers()[0] ?? {};
  return { status, headers: new Map(headers), body, lines, engine, counted };
}

type Sent = Awaited<ReturnType<typeof send>>;

const json = ({ body }: Sent) => JSON.parse(body.toString()) as Readonly<Record<string, unknown>>;

/** The program's text reached the model. */
function expectPrompt(prompt: string | undefined, request: DotnetRequest): void {
  const body = Buffer.from(request.bodyBase64, "base64").toString();
  expect(prompt).toContain(body.includes('"Hi"') ? "Bye\nnow" : 'Say "안녕하세요" 🌍');
}

/** Checks each operation's response. */
const expectations: Readonly<Record<string, (sent: Sent, request: DotnetRequest) => Promise<void> | void>> = {
  InvokeModel(sent, request) {
    expect(json(sent)).toMatchObject({
      generation: "Hello",
      generation_token_count: 3,
      stop_reason: "stop",
    });
    expectPrompt(sent.engine.requests[0]?.prompt, request);
  },
  InvokeModelWithResponseStream(sent, request) {
    expect(sent.headers.get("content-type")).toBe("application/vnd.amazon.eventstream");
    const chunks = readChunks(sent.body);
    expect(chunks.map(({ generation }) => generation)).toEqual(["Hel", "lo", ""]);
    expect(chunks.at(-1)).toMatchObject({ generation_token_count: 3, stop_reason: "stop" });
    expect(chunks.at(-1)).toHaveProperty("amazon-bedrock-invocationMetrics");
    expectPrompt(sent.engine.requests[0]?.prompt, request);
  },
  Converse(sent, request) {
    expect(json(sent)).toMatchObject({
      output: { message: { role: "assistant", content: [{ text: "Hello" }] } },
      stopReason: "end_turn",
      usage: { outputTokens: 3 },
    });
    expectPrompt(sent.engine.requests[0]?.prompt, request);
  },
  ConverseStream(sent, request) {
    const events = readEvents(sent.body);
    expect(events.map(({ type }) => type)).toEqual([
      "messageStart",
      "contentBlockDelta",
      "contentBlockDelta",
      "contentBlockDelta",
      "contentBlockStop",
      "messageStop",
      "metadata",
    ]);
    const texts = events
      .filter(({ type }) => type === "contentBlockDelta")
      .map((event) => (JSON.parse(event.json) as { delta: { text: string } }).delta.text);
    expect(texts).toEqual(["Hel", "lo", ""]);
    expectPrompt(sent.engine.requests[0]?.prompt, request);
  },
  async CountTokens(sent, request) {
    const [prompt = ""] = sent.counted;
    expectPrompt(prompt, request);
    expect(json(sent)).toEqual({ inputTokens: await sent.engine.countTokens(prompt) });
  },
  ListFoundationModels(sent) {
    const { modelSummaries } = json(sent) as { modelSummaries: readonly { modelId: string }[] };
    expect(modelSummaries.map(({ modelId }) => modelId)).toContain(MODEL);
  },
  GetFoundationModel(sent) {
    expect(json(sent)).toMatchObject({ modelDetails: { modelId: MODEL, providerName: "Meta" } });
  },
  GetInferenceProfile(sent) {
    expect(json(sent)).toMatchObject({
      inferenceProfileArn: PROFILE_ARN,
      inferenceProfileId: PROFILE,
      status: "ACTIVE",
    });
  },
};

/** A copy with one byte changed. */
function changedAt(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = changed.readUInt8(at) ^ 1;
  return changed;
}

async function expectRefusal(request: DotnetRequest, bytes: Buffer, type: string): Promise<void> {
  const { status, headers, engine, counted } = await send(request, bytes);
  expect(status).toBe(403);
  expect(headers.get("x-amzn-errortype")).toContain(type);
  expect([...engine.requests, ...counted]).toEqual([]);
}

it("the recordings cover all operations, API keys and sessions", () => {
  expect(recordings).toHaveLength(26);
  expect(new Set(recordings.map(({ request }) => request.operation))).toEqual(
    new Set(Object.keys(expectations)),
  );
  expect(recordings.filter(({ request }) => isBearer(request))).toHaveLength(4);
  expect(recordings.filter(({ name }) => name.endsWith(".session"))).toHaveLength(2);
});

describe.each(recordings)("$name", ({ request }) => {
  const bytes = bytesOf(request);
  const bodyAt = bytes.length - Buffer.from(request.bodyBase64, "base64").length;

  it("is accepted and answered", async () => {
    const sent = await send(request, bytes);
    expect(sent.status, sent.body.toString()).toBe(200);
    expect(sent.lines.at(-1)).toMatchObject({ operation: request.operation, status: 200 });
    await expectations[request.operation]?.(sent, request);
  });

  if (isBearer(request)) {
    it("is refused with one byte of its key changed", async () => {
      const at = bytes.indexOf("key-EXAMPLE") + 4;
      await expectRefusal(request, changedAt(bytes, at), "AccessDeniedException");
    });
    return;
  }

  if (bodyAt < bytes.length) {
    it("is refused with one byte of its body changed", async () => {
      for (const at of [bodyAt, Math.floor((bodyAt + bytes.length) / 2), bytes.length - 1]) {
        await expectRefusal(request, changedAt(bytes, at), "InvalidSignatureException");
      }
    });
  }

  // the path of a list has no model id, and another path is another operation or none
  if (request.target.includes("llama")) {
    it("is refused with one byte of its path changed", async () => {
      await expectRefusal(request, changedAt(bytes, bytes.indexOf("llama")), "InvalidSignatureException");
    });
  }

  it("is refused with one byte of a signed header changed", async () => {
    const at = bytes.indexOf("x-amz-api-version: ") + "x-amz-api-version: ".length;
    await expectRefusal(request, changedAt(bytes, at), "InvalidSignatureException");
  });
});
