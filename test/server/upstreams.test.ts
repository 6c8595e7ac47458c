import {
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

import { createScriptedEngine } from "../../src/engine/index.js";
import { type CriaServer, serve } from "../../src/server/index.js";
import {
  chunk,
  type CompletionsServer,
  DONE,
  events,
  refusal,
  startCompletionsServer,
  vllmPages,
} from "../engine/completions/support/completions-server.js";
import { sdkProtocols } from "./support/sdk.js";

const MODEL = "meta.llama3-3-70b-instruct-v1:0";

let upstream: CompletionsServer;
let server: CriaServer;

async function start(url: string): Promise<CriaServer> {
  const started = await serve({
    upstreams: { [MODEL]: { url } },
    engine: createScriptedEngine({ script: { tokens: ["local"] } }),
  });
  onTestFinished(() => started.close({ graceMs: 0 }));
  return started;
}

const native = (prompt = "Hi") => ({
  ...{ modelId: MODEL, contentType: "application/json" },
  body: JSON.stringify({ prompt, max_gen_len: 8 }),
});

beforeEach(async () => {
  const words = [chunk("Hello", [1]), chunk(" you", [2]), chunk("", [3], { finish: "stop" })];
  upstream = await startCompletionsServer(vllmPages, events(...words, DONE));
  server = await start(upstream.url);
  await server.ready();
  return () => upstream.close();
});

describe.each(sdkProtocols)("the AWS SDK over %s", (_name, clientFor) => {
  test("streams from the server, a frame a token, with its counts", async () => {
    const { body = [] } = await clientFor(server.url).send(
      new InvokeModelWithResponseStreamCommand(native()),
    );
    const chunks: unknown[] = [];
    for await (const { chunk: part } of body) {
      chunks.push(JSON.parse(Buffer.from(part?.bytes ?? []).toString()));
    }
    expect(chunks).toMatchObject([
      { generation: "Hello", prompt_token_count: 5, generation_token_count: 1, stop_reason: null },
      { generation: " you", generation_token_count: 2, stop_reason: null },
      { generation: "", generation_token_count: 3, stop_reason: "stop" },
    ]);
    expect(upstream.asked[0]?.body).toMatchObject({ prompt: "Hi", add_special_tokens: false, max_tokens: 8 });
  });

  test("sends a conversation in Llama's own format", async () => {
    const { stream = [] } = await clientFor(server.url).send(
      new ConverseStreamCommand({
        modelId: MODEL,
        messages: [{ role: "user", content: [{ text: "Hi" }] }],
        inferenceConfig: { maxTokens: 8 },
      }),
    );
    let text = "";
    for await (const event of stream) text += event.contentBlockDelta?.delta?.text ?? "";
    expect(text).toBe("Hello you");
    expect(upstream.asked[0]?.body).toMatchObject({
      prompt: expect.stringContaining("<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>") as string,
    });
  });

  test.each([
    [refusal(429, { error: { message: "busy" } }), "ThrottlingException"],
    [refusal(503, { error: { message: "Loading model" } }), "ModelNotReadyException"],
    [refusal(500, { error: { message: "broken" } }), "ServiceUnavailableException"],
    [refusal(400, { error: { message: "odd" } }), "ModelErrorException"],
  ])("gets the exception for a refusal (%#)", async (answer, name) => {
    upstream.answer = answer;
    await expect(clientFor(server.url).send(new InvokeModelCommand(native()))).rejects.toMatchObject({
      name,
    });
  });

  test("gets what came, and then the exception, of a stream that fails", async () => {
    upstream.answer = events(chunk("Hello", [1]), 'data: {"error":{"message":"CUDA died"}}\n\n');
    const { body = [] } = await clientFor(server.url).send(
      new InvokeModelWithResponseStreamCommand(native()),
    );
    let got = 0;
    const read = async () => {
      for await (const part of body) if (part.chunk) got += 1;
    };
    await expect(read()).rejects.toMatchObject({ name: "ModelStreamErrorException" });
    expect(got).toBe(1);
  });

  test("isn't answered by another model when the server is gone", async () => {
    await upstream.close();
    await expect(clientFor(server.url).send(new InvokeModelCommand(native()))).rejects.toMatchObject({
      name: "ServiceUnavailableException",
    });
    const other = { ...native(), modelId: "meta.llama3-8b-instruct-v1:0" };
    const { body } = await clientFor(server.url).send(new InvokeModelCommand(other));
    expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({ generation: "local" });
  });
});

test("a server that isn't there at the start makes its model unavailable, which isn't listed until it is back; the others are answered", async () => {
  await upstream.close();
  const without = await start(upstream.url);
  await without.ready();
  const health = await fetch(`${without.url}/health`);
  expect(health.status).toBe(200);
  expect(await health.json()).toEqual({
    status: "degraded",
    models: ["scripted"],
    unavailable: [MODEL],
  });
  const listed = async () => {
    const response = await fetch(`${without.url}/foundation-models`);
    const { modelSummaries } = (await response.json()) as { modelSummaries: { modelId: string }[] };
    return modelSummaries.map(({ modelId }) => modelId);
  };
  const before = await listed();
  expect(before.filter((id) => id.startsWith(MODEL))).toEqual([]);
  expect(before).toContain("meta.llama2-70b-chat-v1");
  const { port } = new URL(upstream.url);
  const back = await startCompletionsServer(vllmPages, events(), Number(port));
  onTestFinished(() => back.close());
  await vi.waitFor(async () => expect(await listed()).toContain(MODEL), 30_000);
  expect(await (await fetch(`${without.url}/health`)).json()).toEqual({
    status: "ready",
    models: ["scripted"],
  });
});

test("one with several models, of which none was named, is refused at the start", async () => {
  const several = await startCompletionsServer(
    {
      "/v1/models": {
        data: [
          { id: "a", owned_by: "vllm" },
          { id: "b", owned_by: "vllm" },
        ],
      },
    },
    events(),
  );
  onTestFinished(() => several.close());
  const refused = await start(several.url);
  await expect(refused.ready()).rejects.toMatchObject({ name: "UpstreamModelError", models: ["a", "b"] });
});
