import { request as httpRequest, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import {
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";

import { createScriptedEngine } from "../../../src/engine/index.js";
import { createKey } from "../../../src/server/access/index.js";
import { type CriaServer, serve } from "../../../src/server/index.js";
import { signRequest } from "../../../src/sigv4/index.js";
import { emptyFolder } from "../../support/folder.js";
import { collect, sendHttp1, sendHttp2 } from "../support/http.js";
import { sdkProtocols } from "../support/sdk.js";
import { MODEL, startFront, stubAws } from "./support/amazon.js";

const SCRIPT = { tokens: ["Hel", "lo", " 🦙", ""], promptTokens: 7 };
const NATIVE = JSON.stringify({ prompt: "Hi", max_gen_len: 8 });
const MESSAGES = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hi" }] }] });
const COUNT = JSON.stringify({ input: { invokeModel: { body: Buffer.from(NATIVE).toString("base64") } } });

let back: CriaServer;
let front: CriaServer;
/** The bodies of what the second Cria answered, as they were on the wire. */
let answered: Buffer[];
let frontKey: Awaited<ReturnType<typeof createKey>>;

/** Passes everything on to `target`, and keeps what comes back. */
async function startTap(target: string): Promise<string> {
  const tap = createServer((request, response) => {
    const { method = "", url = "", rawHeaders } = request;
    const { hostname, port } = new URL(target);
    const onward = httpRequest({ hostname, port, method, path: url, headers: rawHeaders }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.rawHeaders);
      answer.pipe(response);
      void collect(answer).then((body) => answered.push(body));
    });
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => tap.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    tap.closeAllConnections();
    tap.close();
  });
  return `http://127.0.0.1:${(tap.address() as AddressInfo).port}`;
}

beforeEach(async () => {
  const folder = await emptyFolder();
  const backFile = join(folder, "back.json");
  const frontFile = join(folder, "front.json");
  const backKey = await createKey(backFile, { session: true });
  frontKey = await createKey(frontFile);
  answered = [];
  stubAws({
    AWS_ACCESS_KEY_ID: backKey.stored.accessKeyId,
    AWS_SECRET_ACCESS_KEY: backKey.stored.secretAccessKey,
    AWS_SESSION_TOKEN: backKey.stored.sessionToken ?? "",
  });
  back = await serve({
    engine: createScriptedEngine({ script: SCRIPT }),
    as: MODEL,
    auth: "keys",
    keysFile: backFile,
  });
  onTestFinished(() => back.close({ graceMs: 0 }));
  ({ server: front } = await startFront(await startTap(back.url), { auth: "keys", keysFile: frontFile }));
});

/** Signs with the key of the first Cria. */
function signed(path: string, body: string): Readonly<Record<string, string>> {
  const { accessKeyId, secretAccessKey } = frontKey.stored;
  const headers = [
    ["host", new URL(front.url).host],
    ["content-type", "application/json"],
  ] as const;
  const request = { method: "POST", path, headers, body };
  return Object.fromEntries(
    signRequest(request, { credentials: { accessKeyId, secretAccessKey }, region: "us-east-1" }),
  );
}

describe.each([
  ["InvokeModel", "invoke", NATIVE],
  ["InvokeModelWithResponseStream", "invoke-with-response-stream", NATIVE],
  ["Converse", "converse", MESSAGES],
  ["ConverseStream", "converse-stream", MESSAGES],
  ["CountTokens", "count-tokens", COUNT],
])("%s through two Crias", (_name, operation, body) => {
  test("answers with the bytes of the second, over both protocols", async () => {
    const path = `/model/${encodeURIComponent(MODEL)}/${operation}`;
    for (const send of [sendHttp1, sendHttp2]) {
      const headers = signed(path, body);
      const got = await send(front.url, path, { body, headers });
      expect(got.status).toBe(200);
      expect(got.body.length).toBeGreaterThan(10);
      expect(got.body.equals(answered.at(-1) ?? Buffer.alloc(0))).toBe(true);
    }
  });

  test("is refused by the first without its key", async () => {
    const path = `/model/${encodeURIComponent(MODEL)}/${operation}`;
    const { status } = await sendHttp1(front.url, path, { body });
    expect(status).toBe(403);
    expect(answered).toEqual([]);
  });
});

/** What an SDK reads, without what differs from call to call. */
function lasting(answer: unknown): unknown {
  const text = JSON.stringify(answer, (key, value: unknown) =>
    key === "$metadata" || key === "latencyMs" || /latency/iu.test(key) ? undefined : value,
  );
  return JSON.parse(text.replace(/\\"[a-zA-Z]*Latency\\":\d+/gu, ""));
}

async function all(events: AsyncIterable<object> | undefined): Promise<unknown[]> {
  const read: unknown[] = [];
  for await (const event of events ?? []) {
    const { chunk } = event as { readonly chunk?: { readonly bytes?: Uint8Array } };
    read.push(chunk ? Buffer.from(chunk.bytes ?? []).toString() : event);
  }
  return read;
}

describe.each(sdkProtocols)("the AWS SDK over %s", (_name, clientFor) => {
  test("reads the same of both Crias", async () => {
    // the second one asks for a key, so the direct calls go to one of its kind that doesn't
    const direct = await serve({ engine: createScriptedEngine({ script: SCRIPT }), as: MODEL });
    onTestFinished(() => direct.close({ graceMs: 0 }));
    const passing = await startFront(back.url);
    const calls = async (url: string) => {
      const client = clientFor(url);
      const native = { modelId: MODEL, contentType: "application/json", body: NATIVE };
      const conversation = {
        modelId: MODEL,
        messages: [{ role: "user" as const, content: [{ text: "Hi" }] }],
      };
      const invoked = await client.send(new InvokeModelCommand(native));
      return lasting([
        { ...invoked, body: Buffer.from(invoked.body).toString() },
        await all((await client.send(new InvokeModelWithResponseStreamCommand(native))).body),
        await client.send(new ConverseCommand(conversation)),
        await all((await client.send(new ConverseStreamCommand(conversation))).stream),
        await client.send(new CountTokensCommand({ modelId: MODEL, input: { converse: conversation } })),
      ]);
    };
    expect(await calls(passing.server.url)).toEqual(await calls(direct.url));
  });
});

test("an API key is passed on instead of keys", async () => {
  const file = join(await emptyFolder(), "keys.json");
  const { apiKey } = await createKey(file);
  const guarded = await serve({
    engine: createScriptedEngine({ script: SCRIPT }),
    as: MODEL,
    auth: "keys",
    keysFile: file,
  });
  onTestFinished(() => guarded.close({ graceMs: 0 }));
  stubAws({ AWS_BEARER_TOKEN_BEDROCK: apiKey });
  const passing = await startFront(guarded.url);
  const { status } = await sendHttp1(passing.server.url, `/model/${MODEL}/invoke`, { body: NATIVE });
  expect(status).toBe(200);
});

test("an ARN whose slashes aren't encoded is passed on as SDKs write it", async () => {
  const passing = await startFront(back.url);
  const arn = `arn:aws:bedrock:us-west-2::foundation-model/${MODEL}`;
  const { status } = await sendHttp1(passing.server.url, `/model/${arn}/invoke`, { body: NATIVE });
  expect(status).toBe(200);
});
