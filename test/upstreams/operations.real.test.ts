import {
  type BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  type TokenUsage,
} from "@aws-sdk/client-bedrock-runtime";
import { afterAll, beforeAll, expect } from "vitest";

import type { Chat } from "../../src/bedrock/index.js";
import type { CriaServer } from "../../src/server/index.js";
import { conversePrompt } from "../../src/prompt/index.js";
import { withBoto3 } from "../support/boto3.js";
import {
  type Front,
  invoke,
  invokeStream,
  LLAMA_2,
  LLAMA_3,
  type NativeChunk,
  nativeInput,
  sdkClient,
  startFront,
} from "./support/front.js";
import { check, useTarget, writeResults } from "./support/record.js";
import { whyNoTarget } from "./support/targets.js";

const MAX_TOKENS = 16;

/** A server has to be idle this long after its caller left, in ms: on a busy machine. */
const IDLE_MS = 20_000;

/** Streams at once. */
const MANY = 32;

const running = useTarget();
let front: Front | undefined;

beforeAll(async () => {
  if (whyNoTarget() !== undefined) return;
  const { url, model, key } = running();
  front = await startFront({ url: `${url}/v1`, model, key });
  await front.server.ready();
}, 60_000);
afterAll(() => front?.server.close({ graceMs: 0 }));
function cria(): CriaServer {
  if (!front) throw new Error("Cria wasn't started.");
  return front.server;
}

const serverUrl = () => cria().url;

writeResults("operations", () => running().title);

/** Texts that a server may change: spaces, line breaks, special tokens, characters of several tokens. */
const prompts = (): readonly string[] => [
  "Once upon a time",
  "  two spaces,\n\n\ta tab ",
  "🦙🦙🦙🦙🦙🦙",
  running().question("Write the word hello three times."),
  "All work and no play makes Jack a dull boy. ".repeat(4),
];

function using<T>(
  run: (client: BedrockRuntimeClient) => Promise<T>,
  protocol: "HTTP/1.1" | "HTTP/2",
): Promise<T> {
  const client = sdkClient(serverUrl(), protocol);
  return run(client).finally(() => client.destroy());
}

/** How often a server may give another greedy answer than itself: what it batches and has cached rounds otherwise. */
const SAME_TRIES = 4;

/** An answer as Bedrock tells it. */
interface Whole {
  readonly generation: string;
  readonly prompt_token_count: number | null | undefined;
  readonly generation_token_count: number;
  readonly stop_reason: string | null | undefined;
}

/** Checks that an answer is the server's own, with its counts. */
async function expectAsDirect(got: Whole, prompt: string, maxTokens: number): Promise<void> {
  // a character that the limit cuts: some write U+FFFD for it in a whole answer, none in a stream
  const plain = (text: string) => text.replace(/\ufffd+$/u, "");
  const answer = { ...got, generation: plain(got.generation) };
  let own: Whole | undefined;
  for (let i = 0; i < SAME_TRIES && own?.generation !== answer.generation; i += 1) {
    const direct = await running().direct(prompt, maxTokens, false);
    own = {
      ...{ generation: plain(direct.text), prompt_token_count: direct.promptTokens },
      ...{ generation_token_count: direct.tokens, stop_reason: direct.stopReason },
    };
  }
  expect(answer).toEqual(own);
}

/** Checks that each token has a chunk of its own, with the counts of the server and its reason for the end in the last one. */
async function checkStream(protocol: "HTTP/1.1" | "HTTP/2"): Promise<void> {
  for (const prompt of prompts()) {
    const chunks: NativeChunk[] = [];
    await using(
      (client) => invokeStream(client, nativeInput(prompt, MAX_TOKENS), (chunk) => chunks.push(chunk)),
      protocol,
    );
    await expectAsDirect(joined(chunks), prompt, MAX_TOKENS);
  }
}

/** A stream as the whole answer. */
function joined(chunks: readonly NativeChunk[]): Whole {
  expect(chunks.map((chunk) => chunk.generation_token_count)).toEqual(chunks.map((_, i) => i + 1));
  return {
    generation: chunks.map(({ generation }) => generation).join(""),
    prompt_token_count: chunks[0]?.prompt_token_count,
    generation_token_count: chunks.length,
    stop_reason: chunks.at(-1)?.stop_reason,
  };
}

check("operations", "InvokeModel: text and counts are the server's own", async () => {
  for (const prompt of prompts()) {
    const got = await using((client) => invoke(client, nativeInput(prompt, MAX_TOKENS)), "HTTP/1.1");
    await expectAsDirect(got, prompt, MAX_TOKENS);
  }
  return undefined;
});

check("operations", "InvokeModelWithResponseStream, HTTP/1.1: the same, a frame a token", async () => {
  await checkStream("HTTP/1.1");
  return undefined;
});

check("operations", "InvokeModelWithResponseStream, HTTP/2: the same, a frame a token", async () => {
  await checkStream("HTTP/2");
  return undefined;
});

const QUESTION = "Name three colours of the rainbow.";
const chat: Chat = {
  messages: [{ role: "user", parts: [{ type: "text", text: QUESTION }] }],
  tools: [],
};
const converseInput = {
  modelId: LLAMA_3,
  messages: [{ role: "user" as const, content: [{ text: QUESTION }] }],
  inferenceConfig: { maxTokens: MAX_TOKENS, temperature: 0 },
};

check(
  "operations",
  "Converse and ConverseStream: the prompt in Llama's format, the server's counts",
  async () => {
    const prompt = conversePrompt("llama-3", chat);
    const stopReasons: Readonly<Record<string, string>> = { max_tokens: "length", end_turn: "stop" };
    const whole = await using((client) => client.send(new ConverseCommand(converseInput)), "HTTP/1.1");
    const got: Whole = {
      generation: whole.output?.message?.content?.map(({ text }) => text).join("") ?? "",
      prompt_token_count: whole.usage?.inputTokens,
      generation_token_count: whole.usage?.outputTokens ?? 0,
      stop_reason: stopReasons[whole.stopReason ?? ""],
    };
    await expectAsDirect(got, prompt, MAX_TOKENS);
    await using(async (client) => {
      const { stream = [] } = await client.send(new ConverseStreamCommand(converseInput));
      let generation = "";
      let end: string | undefined;
      let usage: TokenUsage | undefined;
      for await (const event of stream) {
        generation += event.contentBlockDelta?.delta?.text ?? "";
        end ??= event.messageStop?.stopReason;
        usage ??= event.metadata?.usage;
      }
      const counts = {
        prompt_token_count: usage?.inputTokens,
        generation_token_count: usage?.outputTokens ?? 0,
      };
      await expectAsDirect(
        { generation, ...counts, stop_reason: stopReasons[end ?? ""] },
        prompt,
        MAX_TOKENS,
      );
    }, "HTTP/2");
    return undefined;
  },
);

check("operations", "CountTokens: the server's count", async () => {
  for (const prompt of prompts()) {
    const direct = await running().direct(prompt, 1, false);
    const body = Buffer.from(JSON.stringify({ prompt, max_gen_len: 8 }));
    const { inputTokens } = await using(
      (client) => client.send(new CountTokensCommand({ modelId: LLAMA_3, input: { invokeModel: { body } } })),
      "HTTP/1.1",
    );
    expect(inputTokens).toBe(direct.promptTokens);
  }
  return undefined;
});

check(
  "operations",
  "the answer's end-of-sequence token is a frame, counted, with the reason `stop`",
  async () => {
    const prompt = running().question("What is the capital of France? Answer in one word.");
    const chunks: NativeChunk[] = [];
    await using(
      (client) => invokeStream(client, nativeInput(prompt, 100), (chunk) => chunks.push(chunk)),
      "HTTP/2",
    );
    await expectAsDirect(joined(chunks), prompt, 100);
    expect(chunks.at(-1)).toMatchObject({ generation: "", stop_reason: "stop" });
    return undefined;
  },
);

check("operations", "the beginning-of-sequence token: by the family's rule", async () => {
  const prompt = "Once upon a time";
  const found: number[] = [];
  for (const modelId of [LLAMA_2, LLAMA_3]) {
    const { promptTokens } = await running().direct(prompt, 1, modelId === LLAMA_2);
    const got = await using((client) => invoke(client, nativeInput(prompt, 1, modelId)), "HTTP/1.1");
    expect(got.prompt_token_count).toBe(promptTokens);
    found.push(promptTokens);
  }
  return found[0] === found[1] ? "yes; its model has none" : "yes";
});

check("operations", "a caller who leaves: the server is idle again", async (context) => {
  const { running: runningNow } = running();
  if (!runningNow) return "it doesn't tell";
  const leaving = new AbortController();
  const client = sdkClient(serverUrl());
  context.onTestFinished(() => client.destroy());
  let left = 0;
  const reading = invokeStream(
    client,
    nativeInput(running().question("Tell me a very long story about a llama, with many details."), 1_500),
    ({ generation_token_count: count }) => {
      if (count !== 4) return;
      left = Date.now();
      leaving.abort();
    },
    leaving.signal,
  );
  await reading.catch(() => undefined);
  expect(left).toBeGreaterThan(0);
  await expect.poll(runningNow, { timeout: IDLE_MS, interval: 20 }).toBe(0);
  return `after ${((Date.now() - left) / 1000).toFixed(1)} s`;
});

check("operations", `${MANY} streams at once: none is lost, doubled or short`, async (context) => {
  // a server with few places on a busy machine: those that waited too long come again
  const client = sdkClient(serverUrl(), "HTTP/2", 20);
  context.onTestFinished(() => client.destroy());
  const all = await Promise.all(
    Array.from({ length: MANY }, async (_, i) => {
      const chunks: NativeChunk[] = [];
      await invokeStream(client, nativeInput(`Story number ${i}: once`, MAX_TOKENS), (chunk) =>
        chunks.push(chunk),
      );
      return chunks;
    }),
  );
  for (const chunks of all) {
    const { stop_reason: reason } = chunks.at(-1) ?? {};
    expect(chunks.map((chunk) => chunk.generation_token_count)).toEqual(chunks.map((_, i) => i + 1));
    expect(reason === "stop" || chunks.length === MAX_TOKENS).toBe(true);
    expect(chunks.map(({ generation }) => generation).join("")).not.toBe("");
  }
  return undefined;
});

check("operations", "a prompt over the context: ValidationException with the limit", async (context) => {
  const client = sdkClient(serverUrl());
  context.onTestFinished(() => client.destroy());
  const tooLong = "word ".repeat(running().contextSize + 100);
  const message = expect.stringContaining(
    `maximum context length is ${running().contextSize} tokens`,
  ) as string;
  const expected = { name: "ValidationException", message };
  await expect(invoke(client, nativeInput(tooLong, 8))).rejects.toMatchObject(expected);
  await expect(invokeStream(client, nativeInput(tooLong, 8), () => undefined)).rejects.toMatchObject(
    expected,
  );
  return undefined;
});

check("operations", "a model that it doesn't have: the start is refused", async (context) => {
  const { url, key } = running();
  const other = await startFront({ url, key, model: "no-such-model" });
  context.onTestFinished(() => other.server.close({ graceMs: 0 }));
  await expect(other.server.ready()).rejects.toMatchObject({
    ...{ name: "UpstreamModelError", wanted: "no-such-model" },
  });
  return undefined;
});

check("operations", "without its key: ServiceUnavailableException, and the log says why", async (context) => {
  const { url, model, key, dialect } = running();
  if (key === undefined) return "it asks for none";
  const other = await startFront({ url, model, dialect });
  const client = sdkClient(other.server.url);
  context.onTestFinished(async () => {
    client.destroy();
    await other.server.close({ graceMs: 0 });
  });
  const refused = await invoke(client, nativeInput("Hi", 4)).catch((error: unknown) => error);
  expect(refused).toMatchObject({ name: "ServiceUnavailableException" });
  expect(String(refused)).not.toContain(new URL(url).port);
  expect(other.log()).toMatch(/answered 40[13]\. It wants a key\./u);
  return undefined;
});

check("operations", "boto3: InvokeModelWithResponseStream and ConverseStream", async (context) => {
  const prompt = "Once upon a time";
  const [text, count, words] = await withBoto3(
    context,
    cria(),
    `
runtime = boto3.client("bedrock-runtime", region_name="us-east-1")
body = json.dumps({"prompt": ${JSON.stringify(prompt)}, "max_gen_len": ${MAX_TOKENS}, "temperature": 0, "top_p": 1})
chunks = [json.loads(event["chunk"]["bytes"]) for event in runtime.invoke_model_with_response_stream(modelId="${LLAMA_3}", body=body)["body"]]
tell("".join(chunk["generation"] for chunk in chunks))
tell({"prompt_token_count": chunks[0]["prompt_token_count"], "generation_token_count": len(chunks), "stop_reason": chunks[-1]["stop_reason"]})
events = runtime.converse_stream(modelId="${LLAMA_3}", messages=[{"role": "user", "content": [{"text": "Hi"}]}], inferenceConfig={"maxTokens": 8, "temperature": 0})["stream"]
tell("".join(event["contentBlockDelta"]["delta"].get("text", "") for event in events if "contentBlockDelta" in event))
`,
  );
  await expectAsDirect(
    { generation: String(text), ...(count as Omit<Whole, "generation">) },
    prompt,
    MAX_TOKENS,
  );
  expect(typeof words).toBe("string");
  return undefined;
});
