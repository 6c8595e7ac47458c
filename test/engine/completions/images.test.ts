import { afterEach, describe, expect, it, onTestFinished } from "vitest";

import {
  createCompletionsEngine,
  type DialectName,
  type Engine,
  type EngineMessage,
  type GenerateRequest,
  type Token,
} from "../../../src/engine/index.js";
import { base64, png } from "../../support/images.js";
import {
  type Answer,
  type CompletionsServer,
  DONE,
  events,
  type Pages,
  refusal,
  startCompletionsServer,
  vllmPages,
} from "./support/completions-server.js";

const DOT = png(1, 1);
const IMAGE = { format: "png", bytes: DOT } as const;
const URI = `data:image/png;base64,${base64(DOT)}`;

const CHAT: readonly EngineMessage[] = [
  { role: "system", content: ["Be brief."] },
  { role: "user", content: ["What's ", IMAGE, "?"] },
  { role: "assistant", content: [], calls: [{ id: "t1", name: "look", inputJson: '{"at":1}' }] },
  { role: "tool", callId: "t1", content: ["a dot"] },
];

const OPENAI_MESSAGES = [
  { role: "system", content: "Be brief." },
  {
    role: "user",
    content: [
      { type: "text", text: "What's " },
      { type: "image_url", image_url: { url: URI } },
      { type: "text", text: "?" },
    ],
  },
  {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "t1", type: "function", function: { name: "look", arguments: '{"at":1}' } }],
  },
  { role: "tool", tool_call_id: "t1", content: "a dot" },
];

const data = (event: object) => `data: ${JSON.stringify(event)}\n\n`;
const delta = (content: string | null, finish: string | null = null) => ({
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
});

/** A chat's chunks as vLLM 0.32 writes them: the second has two tokens. */
const VLLM = [
  {
    ...{ choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] },
    ...{ prompt_token_ids: [1, 2], usage: { prompt_tokens: 150, completion_tokens: 0 } },
  },
  {
    choices: [
      {
        ...{ index: 0, delta: { content: "A dot" }, finish_reason: null, token_ids: [7, 8] },
        logprobs: { content: [{ token: "A" }, { token: " dot" }] },
      },
    ],
    usage: { prompt_tokens: 150, completion_tokens: 2 },
  },
  {
    choices: [
      {
        ...{ index: 0, delta: { content: "" }, finish_reason: "stop", token_ids: [9] },
        logprobs: { content: [{ token: "<|eot|>" }] },
      },
    ],
    usage: { prompt_tokens: 150, completion_tokens: 3 },
  },
  { choices: [], usage: { prompt_tokens: 150, completion_tokens: 3 } },
].map(data);

/** As llama-server writes them (llama.cpp of October 2026): "né" has three tokens, the end-of-sequence token has no chunk. */
const LLAMA_SERVER = [
  { ...delta(null), timings: { predicted_n: 0 }, prompt_progress: { total: 150, processed: 0 } },
  { ...delta(null), timings: { predicted_n: 0 }, prompt_progress: { total: 150, processed: 150 } },
  delta(null),
  { ...delta("A"), timings: { prompt_n: 150, predicted_n: 1 } },
  { ...delta("né"), timings: { prompt_n: 150, predicted_n: 4 } },
  { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
  { choices: [], usage: { prompt_tokens: 150, completion_tokens: 5 }, timings: { predicted_n: 5 } },
].map(data);

/** As OpenAI's API has them. */
const OPENAI = [
  { choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] },
  delta("A"),
  delta(" dot"),
  { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
  { choices: [], usage: { prompt_tokens: 150, completion_tokens: 3 } },
].map(data);

/** As Ollama writes them. */
const OLLAMA = [
  { message: { role: "assistant", content: "A" }, done: false },
  { message: { role: "assistant", content: " dot" }, done: false },
  {
    ...{ message: { role: "assistant", content: "" }, done: true, done_reason: "stop" },
    ...{ prompt_eval_count: 150, eval_count: 3 },
  },
].map((line) => `${JSON.stringify(line)}\n`);

interface Kind {
  readonly pages: Pages;
  readonly path: string;
  readonly stream: readonly string[];
  /** Answers what isn't the stream: the questions before it. */
  readonly beside?: Readonly<Record<string, unknown>>;
  readonly messages: readonly unknown[];
  /** What of the request shapes the choice of tokens. */
  readonly faithful: object;
  readonly texts: readonly string[];
  readonly vision?: boolean;
}

const props = (vision: boolean): Pages => ({
  "/v1/models": { data: [{ id: "llama.gguf", owned_by: "llamacpp", meta: { n_ctx: 512 } }] },
  "/props": { modalities: { vision, audio: false } },
});

const ollamaPages: Pages = {
  "/v1/models": { data: [{ id: "llama4", owned_by: "library" }] },
  "/api/version": { version: "0.17.4" },
  "/api/tags": { models: [{ name: "llama4" }] },
};

const kinds: Readonly<Record<DialectName, Kind>> = {
  vllm: {
    pages: vllmPages,
    path: "/v1/chat/completions",
    stream: [...VLLM, DONE],
    messages: OPENAI_MESSAGES,
    faithful: {
      ...{ top_k: 0, min_p: 0, repetition_penalty: 1, presence_penalty: 0, frequency_penalty: 0 },
      ...{ temperature: 0.5, top_p: 0.9, max_tokens: 8, seed: 7, return_token_ids: true, logprobs: true },
    },
    texts: ["A", " dot", ""],
  },
  "llama-server": {
    pages: props(true),
    path: "/v1/chat/completions",
    stream: [...LLAMA_SERVER, DONE],
    messages: OPENAI_MESSAGES,
    faithful: {
      ...{ top_k: 0, min_p: 0, repeat_penalty: 1, dry_multiplier: 0, samplers: ["temperature", "top_p"] },
      ...{ temperature: 0.5, top_p: 0.9, max_tokens: 8, seed: 7, reasoning_format: "none" },
    },
    texts: ["A", "", "", "né", ""],
  },
  ollama: {
    pages: ollamaPages,
    path: "/api/chat",
    stream: OLLAMA,
    beside: { "/api/show": { capabilities: ["completion", "vision"] } },
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "What's " },
      { role: "user", content: "", images: [base64(DOT)] },
      { role: "user", content: "?" },
      { role: "assistant", tool_calls: [{ function: { name: "look", arguments: { at: 1 } } }] },
      { role: "tool", content: "a dot" },
    ],
    faithful: {
      ...{ truncate: false, shift: false },
      options: {
        top_k: 0,
        min_p: 0,
        repeat_penalty: 1,
        temperature: 0.5,
        top_p: 0.9,
        num_predict: 8,
        seed: 7,
      },
    },
    texts: ["A", " dot", ""],
  },
  openai: {
    pages: { "/v1/models": { data: [{ id: "llama", owned_by: "somebody" }] } },
    path: "/v1/chat/completions",
    stream: [...OPENAI, DONE],
    messages: OPENAI_MESSAGES,
    faithful: {
      temperature: 0.5,
      top_p: 0.9,
      max_tokens: 8,
      seed: 7,
      stream_options: { include_usage: true },
    },
    texts: ["A", " dot", ""],
    vision: true,
  },
};

const names = Object.keys(kinds) as DialectName[];
/** Those that tell a stream's counts themselves, and so must. */
let server: CompletionsServer;
let engine: Engine;
let freed: number;

/** Starts a server of a kind that plays a stream. */
async function start(name: DialectName, stream: Answer, vision = kinds[name].vision): Promise<void> {
  const { pages, beside = {} } = kinds[name];
  freed = 0;
  const begun = await startCompletionsServer(pages, (response, asked) => {
    const page = beside[asked.path];
    if (page !== undefined) return refusal(200, page)(response, asked);
    if (asked.path === "/tokenize") return refusal(200, { count: 150 })(response, asked);
    if ((asked.body as { stream?: boolean }).stream !== true) {
      return refusal(200, { usage: { prompt_tokens: 150 }, prompt_eval_count: 150 })(response, asked);
    }
    return stream(response, asked);
  });
  server = begun;
  engine = createCompletionsEngine({ url: begun.url, vision });
  onTestFinished(() => begun.close());
}

afterEach(() => engine.close());

const request = (more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  ...{ prompt: "What's <|image|>?", images: [IMAGE], chat: CHAT },
  ...{ maxTokens: 8, temperature: 0.5, topP: 0.9, seed: 7, onFree: () => (freed += 1) },
  ...more,
});

async function all(more: Partial<GenerateRequest> = {}) {
  const generation = await engine.generate(request(more));
  const tokens: Token[] = [];
  for await (const token of generation) tokens.push(token);
  return { tokens, promptTokens: generation.promptTokens };
}

const streamed = () => server.asked.filter(({ body }) => (body as { stream?: boolean }).stream === true);

describe.each(names)("%s", (name) => {
  const { path, stream, messages, faithful, texts } = kinds[name];

  it("gets a conversation with its images at its chat endpoint, a frame a token, with its counts", async () => {
    await start(name, events(...stream));
    const { tokens, promptTokens } = await all();
    expect(promptTokens).toBe(150);
    expect(tokens.map(({ text }) => text)).toEqual(texts);
    expect(tokens.map(({ stopReason }) => stopReason)).toEqual([...texts.slice(1).map(() => null), "stop"]);
    const [asked, ...others] = streamed();
    expect(others).toEqual([]);
    expect(asked).toMatchObject({ path, body: { ...faithful, messages } });
    expect(asked?.body).not.toHaveProperty("prompt");
    expect(asked?.body).not.toHaveProperty("tools");
    await expect.poll(() => freed).toBe(1);
  });

  it("gets a prompt without images as it is", async () => {
    await start(name, refusal(500, {}));
    await expect(all({ images: [] })).rejects.toMatchObject({ name: "EngineUnavailableError" });
    expect(server.asked.map((asked) => asked.path)).not.toContain(path);
    expect(streamed().length + server.asked.length).toBeGreaterThan(0);
  });

  it("counts a conversation with images", async () => {
    await start(name, events());
    const { images, chat } = request();
    expect(await engine.countTokens("What's <|image|>?", { images: images ?? [], chat: chat ?? [] })).toBe(
      150,
    );
    expect(server.asked.at(-1)?.body).toMatchObject({ messages });
  });

  it("refuses what a chat can't carry", async () => {
    await start(name, events(...stream));
    const begun = { role: "assistant", content: ["A "], calls: [] } as const;
    await expect(all({ chat: [...CHAT, begun] })).rejects.toMatchObject({
      ...{
        name: "EngineChatError",
        message: expect.stringContaining("the beginning of an answer") as string,
      },
    });
    const shown = { role: "tool", callId: "t1", content: [IMAGE] } as const;
    await expect(all({ chat: [...CHAT.slice(0, 3), shown] })).rejects.toMatchObject({
      ...{
        name: "EngineChatError",
        message: expect.stringContaining("an image in a tool's result") as string,
      },
    });
    expect(streamed()).toEqual([]);
    expect(freed).toBe(2);
  });

  const first = stream.slice(0, -3);
  it.each([
    ["ends early", first, /before the answer was complete|broke/u],
    [
      "has an error object",
      [...first, name === "ollama" ? '{"error":"CUDA died"}\n' : data({ error: { message: "CUDA died" } })],
      /CUDA died/u,
    ],
    [
      "has what is no JSON",
      [...first, name === "ollama" ? "{oops\n" : "data: {oops\n\n"],
      /no stream of tokens/u,
    ],
    [
      "makes calls of tools out of the text",
      [
        ...first,
        name === "ollama"
          ? '{"message":{"tool_calls":[{"function":{"name":"look"}}]}}\n'
          : data({ choices: [{ delta: { tool_calls: [{ index: 0, function: { name: "look" } }] } }] }),
      ],
      /call of a tool/u,
    ],
  ])("fails when its stream %s", async (_what, parts, words) => {
    await start(name, events(...parts));
    await expect(all()).rejects.toMatchObject({
      ...{ name: "EngineStoppedError", cause: { message: expect.stringMatching(words) as string } },
    });
    await expect.poll(() => freed).toBe(1);
  });

  it("is told to stop when its caller leaves", async () => {
    let left: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (left = resolve));
    await start(name, (response) => {
      response.once("close", left);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(stream.slice(0, -2).join(""));
    });
    for await (const token of await engine.generate(request())) {
      expect(token.text).toBe("A");
      break;
    }
    await gone;
  });
});

describe("a server that doesn't see", () => {
  it("is told by llama-server, and gets no image", async () => {
    const blind = await startCompletionsServer(props(false), events());
    onTestFinished(() => blind.close());
    engine = createCompletionsEngine({ url: blind.url });
    await engine.model();
    expect(engine.capabilities).toMatchObject({ images: false, verbatimPrompt: true });
    await expect(all()).rejects.toMatchObject({ name: "EngineImagesError" });
    expect(blind.asked).toEqual([]);
  });

  it("is told by Ollama", async () => {
    const blind = await startCompletionsServer(ollamaPages, refusal(200, { capabilities: ["completion"] }));
    onTestFinished(() => blind.close());
    engine = createCompletionsEngine({ url: blind.url });
    await engine.model();
    expect(engine.capabilities.images).toBe(false);
  });

  it("isn't asked for images where nobody knows whether it drops them", async () => {
    await start("openai", events(), undefined);
    engine = createCompletionsEngine({ url: server.url });
    await engine.model();
    expect(engine.capabilities.images).toBe(false);
  });

  it("may be said not to see", async () => {
    await start("vllm", events(), false);
    expect(engine.capabilities.images).toBe(false);
    await expect(all()).rejects.toMatchObject({ name: "EngineImagesError" });
  });

  it.each([
    "meta-llama/Llama-3.3-70B is not a multimodal model",
    "At most 0 image(s) may be provided in one prompt.",
  ])("says so by its refusal: %s", async (message) => {
    await start("vllm", refusal(400, { error: { message, type: "BadRequestError", code: 400 } }));
    await expect(all()).rejects.toMatchObject({ name: "EngineImagesError", images: 1 });
    expect(freed).toBe(1);
  });
});

it("a llama-server without counts at the end has no complete answer", async () => {
  await start("llama-server", events(...LLAMA_SERVER.slice(0, -1), DONE));
  await expect(all()).rejects.toMatchObject({ name: "EngineStoppedError" });
});

it("a server that tells no counts of a prompt with images gives no answer without them", async () => {
  const silent = await startCompletionsServer(kinds.openai.pages, refusal(200, { choices: [] }));
  onTestFinished(() => silent.close());
  engine = createCompletionsEngine({ url: silent.url, vision: true });
  await expect(all()).rejects.toMatchObject({ name: "EngineStoppedError" });
});

it("a refusal that quotes a message of the chat isn't in the log", async () => {
  const user = { role: "user", content: ["Rosalind", IMAGE] } as const;
  await start("vllm", refusal(400, { error: { message: "can't read Rosalind" } }));
  const error = await all({ chat: [user] }).catch((thrown: unknown) => thrown);
  expect(String((error as Error).cause)).toMatch(/\(its words quote the request\)$/u);
});
