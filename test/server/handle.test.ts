import { describe, expect, it } from "vitest";

import { parseModelId } from "../../src/bedrock/index.js";
import {
  createScriptedEngine,
  type Engine,
  EngineBusyError,
  EngineStoppedError,
  EngineUnavailableError,
  PromptTooLongError,
} from "../../src/engine/index.js";
import { SingleEngine } from "../../src/fleet/single-engine.js";
import { ClientGoneError, ServerClosingError } from "../../src/server/errors.js";
import { STAND_IN_SYSTEM_TEXT } from "../../src/server/generation/stand-in.js";
import { defaultLimits } from "../../src/server/limits.js";
import { answer, ask, type TestRequest, type TestServices, HELLO } from "./support/ask.js";
import { readChunks, readFrames } from "./support/frames.js";
import { INVOKE, MODEL, STREAM, recordingEngine } from "./support/start.js";

async function refusal(services: TestServices, request: TestRequest = {}) {
  const { status, header, bytes } = await answer(services, request);
  const { message } = JSON.parse(bytes.toString()) as { message: string };
  return [status, header("x-amzn-ErrorType")?.split(":")[0], message] as const;
}

/** An engine whose generation can't start. */
function failing(error: Error): Engine {
  return { ...recordingEngine(HELLO), generate: () => Promise.reject(error) };
}

describe("InvokeModel", () => {
  it("returns text and token counts, including the end-of-sequence token", async () => {
    const { status, bytes, record } = await answer({});
    expect(status).toBe(200);
    expect(bytes.toString()).toBe(
      '{"generation":"Hello","prompt_token_count":7,"generation_token_count":4,"stop_reason":"stop"}',
    );
    expect(record).toMatchObject({
      operation: "InvokeModel",
      modelId: MODEL,
      answeredBy: MODEL,
      standIn: false,
      promptTokens: 7,
      generatedTokens: 4,
      stopReason: "stop",
    });
  });

  it("reports a failed engine as ModelErrorException, which no SDK retries", async () => {
    const engine = createScriptedEngine({ script: { ...HELLO, failAfter: 1 } });
    const [status, type] = await refusal({ engine });
    expect([status, type]).toEqual([424, "ModelErrorException"]);
  });
});

describe("InvokeModelWithResponseStream", () => {
  it("sends running counts, the prompt's tokens in the first chunk and the metrics in the last", async () => {
    const { header, bytes } = await answer({}, { path: STREAM });
    const chunks = readChunks(bytes);
    expect(header("Content-Type")).toBe("application/vnd.amazon.eventstream");
    expect(
      chunks.map((c) => [c.generation, c.prompt_token_count, c.generation_token_count, c.stop_reason]),
    ).toEqual([
      ["Hel", 7, 1, null],
      ["", null, 2, null],
      ["lo", null, 3, null],
      ["", null, 4, "stop"],
    ]);
    const metrics = chunks.map((chunk) => chunk["amazon-bedrock-invocationMetrics"]);
    expect(metrics.slice(0, -1)).toEqual([undefined, undefined, undefined]);
    expect(metrics.at(-1)).toMatchObject({ inputTokenCount: 7, outputTokenCount: 4 });
  });

  it("sends everything in one chunk when only one token is allowed", async () => {
    const { bytes } = await answer({}, { path: STREAM, body: '{"prompt":"Hi","max_gen_len":1}' });
    const [only, ...others] = readChunks(bytes);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ prompt_token_count: 7, generation_token_count: 1, stop_reason: "length" });
    expect(only).toHaveProperty("amazon-bedrock-invocationMetrics");
  });

  it.each<[string, Error, string]>([
    ["the engine died", new EngineStoppedError("The engine died."), "The engine died."],
    ["the server closes", new ServerClosingError(), "Cria is shutting down."],
    [
      "the server fails",
      new TypeError("secret of the house"),
      "The system encountered an unexpected error during processing. Try your request again.",
    ],
  ])("ends with the exception that every SDK reports when %s", async (_, error, message) => {
    const engine = breakingOff(error);
    const { bytes, record } = await answer({ engine }, { path: STREAM });
    const frames = readFrames(bytes);
    expect(frames.map(({ type }) => type)).toEqual(["chunk", "modelStreamErrorException"]);
    expect(JSON.parse(frames[1]?.json ?? "")).toEqual({
      message,
      originalStatusCode: 500,
      originalMessage: message,
    });
    expect(record).toMatchObject({ exception: "ModelStreamErrorException", err: error });
  });

  it("treats a generation that ends without a stop reason as failed", async () => {
    const engine = breakingOff();
    const { bytes } = await answer({ engine }, { path: STREAM });
    expect(readFrames(bytes).at(-1)?.type).toBe("modelStreamErrorException");
  });
});

describe("the engine's request", () => {
  it("has the verbatim prompt and the request's options", async () => {
    const engine = recordingEngine(HELLO);
    const prompt = "<s>[INST] Hi [/INST] \n";
    const body = JSON.stringify({ prompt, temperature: 0, top_p: 1, max_gen_len: 3 });
    await answer({ engine }, { body, headers: { "x-cria-seed": "42" } });
    expect(engine.requests).toMatchObject([
      { prompt, bos: "always", temperature: 0, topP: 1, maxTokens: 3, seed: 42, contextLimit: 4096 },
    ]);
  });

  it("has Bedrock's defaults, and no seed", async () => {
    const engine = recordingEngine(HELLO);
    await answer({ engine });
    expect(engine.requests).toMatchObject([{ temperature: 0.5, topP: 0.9, maxTokens: 512 }]);
    expect(engine.requests[0]).not.toHaveProperty("seed");
  });

  it.each([
    ["meta.llama2-70b-v1", "always", 4096],
    ["meta.llama3-70b-instruct-v1:0", "never", 8192],
    ["meta.llama3-3-70b-instruct-v1:0", "never", 131_072],
  ])("follows the rules of %s", async (id, bos, contextLimit) => {
    const engine = recordingEngine(HELLO);
    await answer({ engine, as: parseModelId(id)?.model }, { path: `/model/us.${id}/invoke` });
    expect(engine.requests).toMatchObject([{ bos, contextLimit }]);
  });
});

describe("a stand-in", () => {
  const chatTemplate =
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
  const LLAMA_2 = JSON.stringify({ prompt: "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST]" });

  it("gets the messages in its own template, and its name is in the response", async () => {
    const engine = recordingEngine(HELLO, { name: "Kleines Modell ü", chatTemplate });
    const named: string[] = [];
    const services = { engine, as: undefined, onStandIn: (name: string) => void named.push(name) };
    const { header, record } = await answer(services, { body: LLAMA_2 });
    expect(engine.requests).toMatchObject([
      { prompt: "<system>Be brief.<user>Hi<assistant>", bos: "model", contextLimit: 4096 },
    ]);
    expect(header("x-cria-model")).toBe("Kleines Modell %C3%BC");
    expect(named).toEqual(["Kleines Modell ü"]);
    expect(record).toMatchObject({ answeredBy: "Kleines Modell ü", standIn: true });
  });

  it.each(["[INST]", "</s>", "<|eot_id|>", "<|header_start|>user<|header_end|>"])(
    "refuses a prompt with more markers than the context has tokens: %s",
    async (marker) => {
      const engine = recordingEngine(HELLO, { chatTemplate });
      const ask = (markers: number) =>
        answer(
          { engine, as: undefined },
          { body: JSON.stringify({ prompt: `${marker.repeat(markers)}Hi` }) },
        );
      const { status, bytes } = await ask(4097);
      expect([status, bytes.toString()]).toEqual([400, expect.stringContaining("4096 tokens")]);
      expect(engine.requests).toEqual([]);
      expect((await ask(2000)).status).toBe(200);
      // the model itself gets a prompt as it is
      const as = parseModelId(MODEL)?.model;
      const verbatim = await answer({ as }, { body: JSON.stringify({ prompt: marker.repeat(4097) }) });
      expect(verbatim.status).toBe(200);
    },
  );

  it("is named whatever its name holds", async () => {
    const engine = recordingEngine(HELLO, { name: "100%\r\n\ud800", chatTemplate });
    const { header, status } = await answer({ engine, as: undefined }, { body: LLAMA_2 });
    expect([status, header("x-cria-model")]).toEqual([200, "100%25%0D%0A%EF%BF%BD"]);
  });

  it("continues an answer that the prompt begins", async () => {
    const engine = recordingEngine(HELLO, { chatTemplate });
    const body = JSON.stringify({ prompt: "[INST] Hi [/INST] Sure," });
    await answer({ engine, as: undefined }, { path: STREAM, body });
    expect(engine.requests[0]?.prompt).toBe(`<system>${STAND_IN_SYSTEM_TEXT}<user>Hi<assistant>Sure,`);
  });

  it.each([
    ["a prompt", "/model/meta.llama2-13b-chat-v1/invoke", { prompt: "<s>[INST] Hi [/INST]" }],
    [
      "messages",
      "/model/meta.llama3-8b-instruct-v1:0/converse",
      { messages: [{ role: "user", content: [{ text: "Hi" }] }] },
    ],
  ])("is told how to answer where %s has no system text", async (_, path, body) => {
    const engine = recordingEngine(HELLO, { chatTemplate });
    await answer({ engine, as: undefined }, { path, body: JSON.stringify(body) });
    expect(engine.requests[0]?.prompt).toBe(`<system>${STAND_IN_SYSTEM_TEXT}<user>Hi<assistant>`);
  });

  it("is told so in the question if its template has no place for it", async () => {
    const engine = recordingEngine(HELLO, {
      chatTemplate:
        "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no') }}{% endif %}<{{ m.role }}>{{ m.content }}{% endfor %}",
    });
    await answer({ engine, as: undefined }, { body: '{"prompt":"[INST] Hi [/INST]"}' });
    expect(engine.requests[0]?.prompt).toBe(`<user>${STAND_IN_SYSTEM_TEXT}\n\nHi`);
  });

  it("isn't told so where there are tools, with or without a template for them", async () => {
    const tool = { toolSpec: { name: "add", inputSchema: { json: { type: "object", properties: {} } } } };
    const messages = [{ role: "user", content: [{ text: "Hi" }] }];
    const path = "/model/meta.llama3-1-8b-instruct-v1:0/converse";
    const body = JSON.stringify({ messages, toolConfig: { tools: [tool] } });
    const withTools =
      "{% for t in tools or [] %}{{ t | tojson }}{% endfor %}{% for m in messages %}{% for c in m.tool_calls or [] %}{{ c.function | tojson }}{% endfor %}<{{ m.role }}>{{ m.content }}{% endfor %}";
    for (const template of [chatTemplate, withTools]) {
      const engine = recordingEngine(HELLO, { chatTemplate: template });
      await answer({ engine, as: undefined }, { path, body });
      expect(engine.requests[0]?.prompt).toContain('"add"');
      expect(engine.requests[0]?.prompt).not.toContain(STAND_IN_SYSTEM_TEXT);
    }
  });

  it("whose prompt is verbatim, or that has no template, gets nothing added, nor do real weights", async () => {
    const body = '{"prompt":"[INST] Hi [/INST]"}';
    for (const [model, as, headers, prompt] of [
      [{ chatTemplate }, undefined, { "x-cria-raw": "true" }, "[INST] Hi [/INST]"],
      [{}, undefined, {}, "Hi"],
      [{ chatTemplate }, parseModelId(MODEL)?.model, {}, "[INST] Hi [/INST]"],
    ] as const) {
      const engine = recordingEngine(HELLO, model);
      await answer({ engine, as }, { body, headers });
      expect(engine.requests[0]?.prompt).toBe(prompt);
    }
  });

  it("gets the prompt verbatim with x-cria-raw", async () => {
    const engine = recordingEngine(HELLO, { chatTemplate });
    await answer({ engine, as: undefined }, { body: LLAMA_2, headers: { "x-cria-raw": "true" } });
    expect(engine.requests).toMatchObject([
      { prompt: (JSON.parse(LLAMA_2) as { prompt: string }).prompt, bos: "model" },
    ]);
  });

  it("without a template gets plain text", async () => {
    const engine = recordingEngine(HELLO);
    await answer({ engine, as: undefined }, { body: LLAMA_2 });
    expect(engine.requests[0]?.prompt).toBe("Be brief.\n\nHi");
  });

  it("refuses more messages than its context has tokens", async () => {
    const engine = recordingEngine(HELLO, { chatTemplate });
    const body = JSON.stringify({ prompt: "[INST] a [/INST] b ".repeat(100_000) });
    expect(await refusal({ engine, as: undefined }, { body })).toEqual([
      400,
      "ValidationException",
      "This model's maximum context length is 4096 tokens. Please reduce the length of the prompt",
    ]);
  });

  it("refuses more tools than its context has tokens", async () => {
    // a template that can't render them: they are refused before
    const engine = recordingEngine(HELLO, {
      chatTemplate: "{{ raise_exception('No.') }}",
      contextSize: 4096,
    });
    const tools = Array.from({ length: 4097 }, (_, i) => ({
      toolSpec: { name: `t${i}`, inputSchema: { json: { type: "object" } } },
    }));
    const messages = [{ role: "user", content: [{ text: "Hi" }] }];
    const body = JSON.stringify({ messages, toolConfig: { tools } });
    const path = "/model/meta.llama3-3-70b-instruct-v1:0/converse";
    expect(await refusal({ engine, as: undefined }, { path, body })).toEqual([
      400,
      "ValidationException",
      expect.stringMatching(/This model's maximum context length is 4096 tokens\./u),
    ]);
  });

  it("isn't used when the requested model is installed, in any form of its id", async () => {
    const path = `/model/${encodeURIComponent(`arn:aws:bedrock:us-east-1::foundation-model/${MODEL}:0:4k`)}/invoke`;
    const { status, header } = await answer({ strict: true }, { path });
    expect([status, header("x-cria-model")]).toEqual([200, undefined]);
  });

  it("answers for ids other than the one whose weights are installed", async () => {
    const { header } = await answer({}, { path: "/model/meta.llama3-8b-instruct-v1:0/invoke" });
    expect(header("x-cria-model")).toBe("scripted");
  });

  it("is refused in strict mode", async () => {
    const [status, type, message] = await refusal({ as: undefined, strict: true });
    expect([status, type]).toEqual([404, "ResourceNotFoundException"]);
    expect(message).toContain(`--as ${MODEL}`);
  });

  it("reports that its template refuses the conversation", async () => {
    const engine = recordingEngine(HELLO, { chatTemplate: "{{ raise_exception('No.') }}" });
    const [status, type, message] = await refusal({ engine, as: undefined });
    expect([status, type]).toEqual([400, "ValidationException"]);
    expect(message).toContain("x-cria-raw");
  });
});

describe("refusals", () => {
  const invalidId = "The provided model identifier is invalid.";
  const badType = "The provided Content Type is invalid or not supported for this model";
  const badAccept = "The provided Accept Type is invalid or not supported for this model";
  const form = { "content-type": "application/x-www-form-urlencoded" };

  it.each<[string, TestRequest, number, string, string]>([
    [
      "an unknown model id, before anything else that is wrong",
      { path: "/model/x/invoke", headers: form, body: "" },
      400,
      "ValidationException",
      invalidId,
    ],
    [
      "another provider's model",
      { path: "/model/anthropic.claude-v2/invoke" },
      400,
      "ValidationException",
      invalidId,
    ],
    ["an empty model id", { path: "/model//invoke" }, 400, "ValidationException", invalidId],
    [
      "an unsupported Content-Type, before the body",
      { headers: form, body: "" },
      400,
      "ValidationException",
      badType,
    ],
    [
      "an unsupported Accept type",
      { headers: { accept: "text/plain" } },
      400,
      "ValidationException",
      badAccept,
    ],
    [
      "the same on the stream",
      { path: STREAM, headers: { "x-amzn-bedrock-accept": "image/png" } },
      400,
      "ValidationException",
      badAccept,
    ],
    [
      "an invalid seed",
      { headers: { "x-cria-seed": "lucky" } },
      400,
      "ValidationException",
      "The header x-cria-seed must be a whole number from 0 to 4294967294.",
    ],
    [
      "images, which no model supports",
      { path: "/model/meta.llama3-2-11b-instruct-v1:0/invoke", body: '{"prompt":"Hi","images":["AAAA"]}' },
      400,
      "ValidationException",
      "Cria's models read no images: leave `images` out.",
    ],
  ])("%s", async (_, request, status, type, message) => {
    expect(await refusal({}, request)).toEqual([status, type, message]);
  });

  it.each<[Error, number, string, string | RegExp]>([
    [
      new PromptTooLongError(9, 8),
      400,
      "ValidationException",
      "This model's maximum context length is 8 tokens. Please reduce the length of the prompt",
    ],
    [
      new EngineBusyError("Full."),
      429,
      "ThrottlingException",
      "Too many requests, please wait before trying again.",
    ],
    [new EngineUnavailableError("Loading.", true), 429, "ModelNotReadyException", /Loading\.$/u],
    [new EngineUnavailableError("No file.", false), 503, "ServiceUnavailableException", /No file\.$/u],
    [new EngineStoppedError("Died."), 424, "ModelErrorException", "Died."],
    [new Error("secret"), 500, "InternalServerException", /^The system encountered an unexpected error/u],
  ])("%s, on the stream as plain JSON too", async (error, status, type, message) => {
    for (const path of [INVOKE, STREAM]) {
      const [gotStatus, gotType, gotMessage] = await refusal({ engine: failing(error) }, { path });
      expect([gotStatus, gotType]).toEqual([status, type]);
      expect(gotMessage).toMatch(message);
    }
  });

  it("refuses a request when the model takes too long to load", async () => {
    const engine = { ...recordingEngine(HELLO), model: () => new Promise<never>(() => undefined) };
    const limits = { ...defaultLimits, startMs: 10 };
    const [status, type] = await refusal({ engine, as: undefined, limits });
    expect([status, type]).toEqual([429, "ModelNotReadyException"]);
  });

  it.each([
    ["GET", INVOKE],
    ["POST", "/model/x/unknown"],
    ["POST", "/"],
    ["POST", "*"],
    ["POST", ""],
    ["POST", "/model/%zz/invoke"],
    ["BREW", INVOKE],
  ])("%s %j is no operation", async (method, path) => {
    const { status, bytes } = await answer({}, { method, path });
    expect([status, bytes.toString()]).toEqual([404, "<UnknownOperationException/>"]);
  });

  it.each([undefined, "", "application/json", "application/json; charset=utf-8", "application/octet-stream"])(
    "takes the Content-Type %j",
    async (type) => {
      const headers = { ...(type !== undefined && { "content-type": type }), accept: "text/html, */*;q=0.1" };
      expect((await answer({}, { headers })).status).toBe(200);
    },
  );
});

describe("GET /health", () => {
  const request = { method: "GET", path: "/health" };

  it("lists the models", async () => {
    const fleet = new SingleEngine(createScriptedEngine({ script: HELLO }), undefined);
    await fleet.ready();
    const { status, bytes } = await answer({ fleet }, request);
    expect([status, bytes.toString()]).toEqual([200, '{"status":"ready","models":["scripted"]}']);
  });

  it("says why the server isn't ready", async () => {
    const engine = createScriptedEngine({ script: HELLO });
    await engine.close();
    const { status, bytes } = await answer({ engine }, request);
    expect([status, bytes.toString()]).toEqual([
      503,
      '{"status":"unavailable","reason":"The engine is closed."}',
    ]);
  });
});

it("sends nothing to a client that has gone", async () => {
  const gone = new ClientGoneError();
  const { done, head, cut, events } = ask({}, { signal: AbortSignal.abort(gone) });
  await done;
  expect([head(), cut()]).toEqual([undefined, "stream"]);
  expect(events).toContainEqual({ type: "aborted", by: "client", error: gone });
});

it("routes an ARN whose slash isn't percent-encoded", async () => {
  const path = `/model/arn:aws:bedrock:us-east-1::foundation-model/${MODEL}/invoke?x=1`;
  expect((await answer({}, { path })).status).toBe(200);
});

/** An engine that ends after one token, with an error or without a stop reason. */
function breakingOff(error?: Error) {
  return {
    ...recordingEngine(HELLO),
    generate: () =>
      Promise.resolve({
        promptTokens: 1,
        // eslint-disable-next-line @typescript-eslint/require-await -- an async generator without anything to await
        async *[Symbol.asyncIterator]() {
          yield { id: 1, text: "Hel", stopReason: null };
          if (error !== undefined) throw error;
        },
      }),
  };
}
