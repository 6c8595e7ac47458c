import {
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";

import { createScriptedEngine } from "../../../src/engine/index.js";
import { type ServeOptions, serve } from "../../../src/server/index.js";
import {
  type Answer,
  chunk,
  type CompletionsServer,
  DONE,
  events,
  type Pages,
  refusal,
  startCompletionsServer,
  vllmPages,
} from "../../engine/completions/support/completions-server.js";
import { base64, jpeg, png } from "../../support/images.js";
import { exception, json, KEYS, startAmazon, stubAws } from "../passthrough/support/amazon.js";
import { sdkProtocols } from "../support/sdk.js";
import { recordingLogger } from "../support/start.js";

const MODEL = "meta.llama4-maverick-17b-instruct-v1:0";
const DOT = png(1, 1);
const PHOTO = jpeg(640, 480);
const uri = (type: string, bytes: Uint8Array) => ({
  type: "image_url",
  image_url: { url: `data:image/${type};base64,${base64(bytes)}` },
});

/** A chunk of a chat as vLLM writes it. */
const said = (content: string, ids: readonly number[], finish: string | null = null, completed = 1) =>
  `data: ${JSON.stringify({
    choices: [{ index: 0, delta: { content }, token_ids: ids, finish_reason: finish }],
    usage: { prompt_tokens: 150, completion_tokens: completed },
  })}\n\n`;
const BEGIN = said("", [], null, 0);
const CHAT = events(BEGIN, said("A", [1]), said(" dot", [2], null, 2), said("", [3], "stop", 3), DONE);

/** llama-server without a projector: it says that it doesn't see. */
const BLIND: Pages = {
  "/v1/models": { data: [{ id: "llama-4.gguf", owned_by: "llamacpp", meta: { n_ctx: 4096 } }] },
  "/props": { modalities: { vision: false } },
  "/health": {},
};

type Upstreams = NonNullable<ServeOptions["upstreams"]>[string];

async function start(upstreams: Upstreams, modelId = MODEL) {
  const { logger, lines } = recordingLogger();
  const notices: string[] = [];
  const server = await serve({
    engine: createScriptedEngine({ script: { tokens: ["local"] } }),
    upstreams: { [modelId]: upstreams },
    logger,
    onNotice: (sentence) => notices.push(sentence),
  });
  onTestFinished(() => server.close({ graceMs: 0 }));
  await server.ready();
  return { url: server.url, lines, notices };
}

async function completions(pages: Pages, answer: Answer): Promise<CompletionsServer> {
  const server = await startCompletionsServer(pages, answer);
  onTestFinished(() => server.close());
  return server;
}

const [, clientFor = () => undefined as never] = sdkProtocols[0] ?? [];

const LOOK: ConverseCommandInput = {
  modelId: MODEL,
  messages: [
    {
      role: "user",
      content: [
        { text: "What's " },
        { image: { format: "png", source: { bytes: DOT } } },
        { image: { format: "jpeg", source: { bytes: PHOTO } } },
        { text: "about?" },
      ],
    },
  ],
  inferenceConfig: { maxTokens: 8 },
};

const MESSAGES = [
  {
    role: "user",
    content: [
      { type: "text", text: "What's " },
      uri("png", DOT),
      uri("jpeg", PHOTO),
      { type: "text", text: "about?" },
    ],
  },
];

const UNSEEN =
  "This model doesn't support the image content block that you provided. Update the content block and try again.";

describe.each(sdkProtocols)(
  "images through a server's chat endpoint, by the AWS SDK over %s",
  (_name, client) => {
    test("ConverseStream and Converse: a frame a token, the server's counts", async () => {
      const upstream = await completions(vllmPages, CHAT);
      const { url } = await start({ url: upstream.url });
      const { stream = [] } = await client(url).send(new ConverseStreamCommand(LOOK));
      const deltas: (string | undefined)[] = [];
      let usage: unknown;
      for await (const { contentBlockDelta, metadata } of stream) {
        if (contentBlockDelta) deltas.push(contentBlockDelta.delta?.text);
        usage ??= metadata?.usage;
      }
      expect(deltas).toEqual(["A", " dot", ""]);
      expect(usage).toEqual({ inputTokens: 150, outputTokens: 3, totalTokens: 153 });
      expect(upstream.asked).toMatchObject([
        { path: "/v1/chat/completions", body: { messages: MESSAGES, max_tokens: 8, top_k: 0 } },
      ]);
      const whole = await client(url).send(new ConverseCommand(LOOK));
      expect(whole).toMatchObject({
        output: { message: { content: [{ text: "A dot" }] } },
        usage: { inputTokens: 150, outputTokens: 3 },
        stopReason: "end_turn",
      });
    });

    test("a stream that fails ends with its exception, after what came", async () => {
      const upstream = await completions(
        vllmPages,
        events(BEGIN, said("A", [1]), 'data: {"error":{"message":"CUDA died"}}\n\n'),
      );
      const { url } = await start({ url: upstream.url });
      const { stream = [] } = await client(url).send(new ConverseStreamCommand(LOOK));
      let text = "";
      const read = async () => {
        for await (const event of stream) text += event.contentBlockDelta?.delta?.text ?? "";
      };
      await expect(read()).rejects.toMatchObject({ name: "ModelStreamErrorException" });
      expect(text).toBe("A");
    });

    test("a server that can't see says so in Bedrock's words, whether it told before or refuses", async () => {
      const words = { error: { message: "llama is not a multimodal model", code: 400 } };
      for (const [pages, answer] of [
        [BLIND, events()],
        [vllmPages, refusal(400, words)],
      ] as const) {
        const upstream = await completions(pages, answer);
        const { url } = await start({ url: upstream.url });
        await expect(client(url).send(new ConverseCommand(LOOK))).rejects.toMatchObject({
          ...{ name: "ValidationException", message: UNSEEN },
        });
      }
    });
  },
);

test("InvokeModel's images stand where the prompt has its markers", async () => {
  const modelId = "meta.llama3-2-11b-instruct-v1:0";
  const upstream = await completions(vllmPages, CHAT);
  const { url } = await start({ url: upstream.url }, modelId);
  const prompt =
    "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>" +
    "<|start_header_id|>user<|end_header_id|>\n\n<|image|>What's this?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";
  const body = JSON.stringify({ prompt, images: [base64(DOT)], max_gen_len: 8 });
  const { body: streamed = [] } = await clientFor(url).send(
    new InvokeModelWithResponseStreamCommand({ modelId, body }),
  );
  const chunks: unknown[] = [];
  for await (const part of streamed) chunks.push(JSON.parse(Buffer.from(part.chunk?.bytes ?? []).toString()));
  expect(chunks).toMatchObject([
    { generation: "A", prompt_token_count: 150, generation_token_count: 1 },
    { generation: " dot", generation_token_count: 2 },
    { generation: "", generation_token_count: 3, stop_reason: "stop" },
  ]);
  expect(upstream.asked[0]?.body).toMatchObject({
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: [uri("png", DOT), { type: "text", text: "What's this?" }] },
    ],
  });
  const begun = JSON.stringify({ prompt: `${prompt}It is`, images: [base64(DOT)] });
  await expect(clientFor(url).send(new InvokeModelCommand({ modelId, body: begun }))).rejects.toMatchObject({
    name: "ValidationException",
    message: expect.stringContaining("can't carry the beginning of an answer") as string,
  });
});

test("tools beside images are declared in Bedrock's words, and the model's call is read as ever", async () => {
  const call = '{"name": "zoom", "parameters": {"by": 2}}';
  const upstream = await completions(
    vllmPages,
    events(BEGIN, said(call, [1]), said("", [2], "stop", 2), DONE),
  );
  const { url } = await start({ url: upstream.url });
  const input: ConverseCommandInput = {
    ...LOOK,
    system: [{ text: "Be brief." }],
    messages: [
      ...(LOOK.messages ?? []),
      { role: "assistant", content: [{ toolUse: { toolUseId: "t1", name: "zoom", input: { by: 1 } } }] },
      {
        role: "user",
        content: [{ toolResult: { toolUseId: "t1", content: [{ json: { seen: "a dot" } }] } }],
      },
    ],
    toolConfig: { tools: [{ toolSpec: { name: "zoom", inputSchema: { json: { type: "object" } } } }] },
  };
  const { output, stopReason } = await clientFor(url).send(new ConverseCommand(input));
  expect([output?.message?.content?.[0]?.toolUse, stopReason]).toMatchObject([
    { name: "zoom", input: { by: 2 } },
    "tool_use",
  ]);
  const [system, first, second, third, ...rest] = (upstream.asked[0]?.body as { messages: unknown[] })
    .messages;
  expect(system).toEqual({ role: "system", content: "Be brief." });
  expect(first).toMatchObject({
    content: [
      { text: expect.stringMatching(/^Given the following functions.*"zoom".*What's $/su) as string },
      uri("png", DOT),
      uri("jpeg", PHOTO),
      { text: "about?" },
    ],
  });
  expect(second).toMatchObject({
    tool_calls: [{ id: "t1", function: { name: "zoom", arguments: '{"by":1}' } }],
  });
  expect([third, ...rest]).toEqual([{ role: "tool", tool_call_id: "t1", content: '{"seen":"a dot"}' }]);
});

test("CountTokens counts images by the server, and tells it the caller's trace", async () => {
  const upstream = await completions(vllmPages, refusal(200, { count: 151 }));
  const { url } = await start({ url: upstream.url });
  const { messages } = LOOK;
  const client = clientFor(url);
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers["traceparent"] = traceparent;
      return next(args);
    },
    { step: "build" },
  );
  const count = async (text: NonNullable<typeof messages>) =>
    (await client.send(new CountTokensCommand({ modelId: MODEL, input: { converse: { messages: text } } })))
      .inputTokens;
  expect(await count(messages ?? [])).toBe(151);
  expect(upstream.asked[0]).toMatchObject({ path: "/tokenize", body: { messages: MESSAGES } });
  expect(await count([{ role: "user", content: [{ text: "Hi" }] }])).toBe(151);
  expect(upstream.asked[1]?.body).toHaveProperty("prompt");
  for (const { headers } of upstream.asked)
    expect(headers["traceparent"]).toContain("0af7651916cd43dd8448eb211c80319c");
});

describe("of several upstreams, those that can't see are passed over for images", () => {
  const answers = json(200, {
    output: { message: { role: "assistant", content: [{ text: "of Amazon" }] } },
    ...{ stopReason: "end_turn", usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } },
    metrics: { latencyMs: 1 },
  });
  const textOf = ({
    output,
  }: {
    output?: { message?: { content?: { text?: string }[] | undefined } | undefined } | undefined;
  }) => output?.message?.content?.[0]?.text;
  const HI: ConverseCommandInput = { ...LOOK, messages: [{ role: "user", content: [{ text: "Hi" }] }] };
  const TEXT = {
    content: "of the first",
    stop: true,
    stop_type: "eos",
    tokens_predicted: 1,
    tokens_evaluated: 5,
  };
  beforeEach(() => stubAws(KEYS));

  /** Answers without images: token ids, then the text. */
  const answerText: Answer = (response, asked) =>
    asked.path === "/tokenize"
      ? refusal(200, { tokens: [1, 2] })(response, asked)
      : events(`data: ${JSON.stringify(TEXT)}\n\n`)(response, asked);

  test("Amazon gets what llama-server can't see, and llama-server the rest", async () => {
    const first = await completions(BLIND, answerText);
    const amazon = await startAmazon(answers);
    const { url, lines, notices } = await start([
      { url: first.url },
      { bedrock: "us-west-2", endpoint: amazon.url },
    ]);
    expect(textOf(await clientFor(url).send(new ConverseCommand(LOOK)))).toBe("of Amazon");
    expect(first.asked).toEqual([]);
    expect(lines.at(-1)).toMatchObject({
      passedOver: expect.stringMatching(/sees no images/u) as string,
      answeredBy: "Amazon Bedrock us-west-2",
    });
    expect(JSON.parse(String(amazon.received[0]?.body))).toHaveProperty("messages");
    expect(textOf(await clientFor(url).send(new ConverseCommand(HI)))).toBe("of the first");
    expect(amazon.received).toHaveLength(1);
    expect(notices).toContainEqual(expect.stringContaining("sees no images"));
  });

  test("so does the next server, after one that refuses them when it is asked", async () => {
    const first = await completions(
      vllmPages,
      refusal(400, { error: { message: "x is not a multimodal model" } }),
    );
    const second = await completions(vllmPages, CHAT);
    const { url, notices } = await start([{ url: first.url }, { url: second.url }]);
    expect(textOf(await clientFor(url).send(new ConverseCommand(LOOK)))).toBe("A dot");
    expect(first.asked).toHaveLength(1);
    expect(notices).toContainEqual(expect.stringMatching(/go to the chat endpoint/u));
  });

  test("and a request that a chat can't carry", async () => {
    const first = await completions(vllmPages, CHAT);
    const amazon = await startAmazon(answers);
    const { url } = await start([{ url: first.url }, { bedrock: "us-west-2", endpoint: amazon.url }]);
    const image = { image: { format: "png" as const, source: { bytes: DOT } } };
    const shown: ConverseCommandInput = {
      ...LOOK,
      messages: [
        { role: "user", content: [{ text: "Look." }] },
        { role: "assistant", content: [{ toolUse: { toolUseId: "t1", name: "look", input: {} } }] },
        { role: "user", content: [{ toolResult: { toolUseId: "t1", content: [image] } }] },
      ],
      toolConfig: { tools: [{ toolSpec: { name: "look", inputSchema: { json: { type: "object" } } } }] },
    };
    expect(textOf(await clientFor(url).send(new ConverseCommand(shown)))).toBe("of Amazon");
    expect(first.asked).toEqual([]);
  });

  test("without one that sees, the caller hears it in Bedrock's words; with one that is busy, that it is busy", async () => {
    const [first, second] = [await completions(BLIND, events()), await completions(BLIND, events())];
    const { url } = await start([{ url: first.url }, { url: second.url }]);
    await expect(clientFor(url).send(new ConverseCommand(LOOK))).rejects.toMatchObject({ message: UNSEEN });
    const body = JSON.stringify({ prompt: "<|image|>", images: [base64(DOT)] });
    await expect(clientFor(url).send(new InvokeModelCommand({ modelId: MODEL, body }))).rejects.toMatchObject(
      {
        message: "Cria's models read no images: leave `images` out.",
      },
    );
    const amazon = await startAmazon(exception(429, "ThrottlingException"));
    const busy = await start([{ bedrock: "us-west-2", endpoint: amazon.url }, { url: first.url }]);
    await expect(clientFor(busy.url).send(new ConverseCommand(LOOK))).rejects.toMatchObject({
      name: "ThrottlingException",
    });
  });

  test("text is still answered by the first", async () => {
    const first = await completions(
      vllmPages,
      events(chunk("of the first", [1]), chunk("", [2], { finish: "stop" }), DONE),
    );
    const second = await completions(vllmPages, CHAT);
    const { url } = await start([{ url: first.url, vision: false }, { url: second.url }]);
    expect(textOf(await clientFor(url).send(new ConverseCommand(HI)))).toBe("of the first");
    expect(textOf(await clientFor(url).send(new ConverseCommand(LOOK)))).toBe("A dot");
    expect(first.asked).toHaveLength(1);
  });
});
