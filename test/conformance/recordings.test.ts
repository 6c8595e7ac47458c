import { describe, expect, it } from "vitest";

import type { Script } from "../../src/engine/index.js";
import { protocols, type WholeResponse } from "../server/support/http.js";
import { readRecording, scriptOf, type Recording } from "../server/support/recording.js";
import { startServer } from "../server/support/start.js";
import { cutMessages, type WireMessage } from "./support/wire-messages.js";

/** The prompt that Bedrock renders for the two Converse recordings: without the dates it would have 32 tokens. */
const CONVERSE_PROMPT =
  "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n" +
  "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n" +
  "You are an app that knows about everything.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n" +
  "Tell me a joke about opentelemetry<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";

/** A recorded answer of the model. */
interface Exchange {
  readonly name: string;
  readonly as: string;
  /** The script that makes the engine generate it. */
  readonly script: (recording: Recording) => Script;
  /** The prompt that the engine must get. */
  readonly prompt: (recording: Recording) => string;
  readonly bos: "always" | "never";
  /** Whether the recorder kept the order of the headers. */
  readonly ordered: boolean;
}

const LLAMA_2 = {
  as: "meta.llama2-13b-chat-v1",
  prompt: nativePrompt,
  bos: "always",
  ordered: false,
} as const;
const LLAMA_3_2 = {
  as: "meta.llama3-2-1b-instruct-v1:0",
  prompt: () => CONVERSE_PROMPT,
  bos: "never",
  ordered: false,
} as const;

const exchanges: readonly Exchange[] = [
  { ...LLAMA_2, name: "llama2-13b-chat.invoke", script: nativeScript },
  { ...LLAMA_2, name: "llama2-13b-chat.invoke-inst", script: nativeScript },
  { ...LLAMA_2, name: "llama2-13b-chat.invoke-with-response-stream", script: scriptOf },
  {
    name: "llama3-8b.invoke-with-response-stream",
    as: "meta.llama3-8b-instruct-v1:0",
    script: scriptOf,
    prompt: nativePrompt,
    bos: "never",
    ordered: true,
  },
  { ...LLAMA_3_2, name: "llama3-2-1b.converse", script: turnScript },
  { ...LLAMA_3_2, name: "llama3-2-1b.converse-stream", script: streamedTurnScript },
];

describe.each(exchanges)("$name", ({ name, as, script, prompt, bos, ordered }) => {
  it.each(protocols)("is rebuilt over %s, byte for byte", async (protocol, send) => {
    const recording = readRecording(name);
    const { server, engine } = await startServer(script(recording), {
      as,
      padding: recordedPadding(recording),
    });
    const { method, path, body } = recording.request;
    const response = await send(server.url, path, { method, body });

    expect(response.status).toBe(recording.response.status);
    expect(engine.requests).toMatchObject([{ prompt: prompt(recording), bos }]);
    expectHeaders(response, recording, protocol, ordered);
    expectBody(response, recording);
  });
});

it.each(protocols)(
  "invalid-model-id.converse-stream is rebuilt over %s, byte for byte",
  async (protocol, send) => {
    const recording = readRecording("invalid-model-id.converse-stream");
    const { server, engine } = await startServer({ tokens: [] });
    const { method, path, body } = recording.request;
    const response = await send(server.url, path, { method, body });

    expect(response.status).toBe(recording.response.status);
    expect(engine.requests).toEqual([]);
    expectHeaders(response, recording, protocol, true);
    expect(response.body.toString()).toBe(recording.response.body.toString());
  },
);

/**
 * Values that differ between exchanges, matched as any number: on a fast machine a time may be 0. And without a key that Bedrock
 * sends since November 2025 at the latest: these recordings are older.
 */
function withoutTimes(json: string): string {
  return json
    .replaceAll(/"(invocationLatency|firstByteLatency|latencyMs)":\d+/gu, '"$1":"a time"')
    .replaceAll('"serverToolUsage":{},', "");
}

/** The headers' names, order and values, without the values that differ between exchanges. */
function expectHeaders(
  response: WholeResponse,
  { response: recorded }: Recording,
  protocol: string,
  ordered: boolean,
): void {
  const isHttp2 = protocol === "HTTP/2";
  const text = recorded.body.toString();
  // a latency with another number of digits changes the length
  const varying = withoutTimes(text) === text ? VARYING : [...VARYING, "content-length"];
  const comparable = (headers: Recording["response"]["headers"]) => {
    const pairs = headers
      .filter(([name]) => !isHttp2 || !/^(?::|connection$|transfer-encoding$)/iu.test(name))
      .map(([name, value]) => [
        isHttp2 ? name.toLowerCase() : name,
        varying.includes(name.toLowerCase()) ? "varies" : value,
      ]);
    return ordered ? pairs : pairs.sort(([one = ""], [other = ""]) => (one < other ? -1 : 1));
  };
  expect(comparable(response.headers)).toEqual(comparable(recorded.headers));
  const length = response.header("content-length");
  if (length !== undefined) expect(length).toBe(String(response.body.length));
}

const VARYING = ["date", "x-amzn-requestid", "x-amzn-bedrock-invocation-latency"];

function expectBody(response: WholeResponse, { response: recorded }: Recording): void {
  if (response.header("content-type") === "application/json") {
    expect(withoutTimes(response.body.toString())).toBe(withoutTimes(recorded.body.toString()));
    return;
  }
  const [sent, expected] = [cutMessages(response.body), cutMessages(recorded.body)];
  const opened = ({ headers, payload }: WireMessage) => [headers, withoutTimes(payload)];
  expect(sent.map(opened)).toEqual(expected.map(opened));
  // a message without a latency is compared completely, with its checksums
  const timeless = ({ payload }: WireMessage) => withoutTimes(payload) === payload;
  const bytes = (messages: readonly WireMessage[]) =>
    messages.filter(timeless).map((message) => message.bytes);
  expect(bytes(sent)).toEqual(bytes(expected));
  expect(sent.filter((message) => !timeless(message))).toHaveLength(1);
}

/** A random source that yields the recorded lengths of the padding in turn; false if the recording has none. */
function recordedPadding({ response }: Recording): (() => number) | false {
  const text = response.body.toString("latin1");
  const lengths = [...text.matchAll(/"p":"(\w*)"/gu)].map(([, p = ""]) => p.length);
  if (lengths.length === 0) return false;
  return () => ((lengths.shift() ?? 0) - 2 + 0.5) / 60;
}

function nativePrompt({ request }: Recording): string {
  return (JSON.parse(request.body) as { prompt: string }).prompt;
}

/** As many tokens as the recording counts, which join to its text: one character each, and the rest in the last one. */
function tokensOf(text: string, count: number): string[] {
  const characters = Array.from(text);
  return [...characters.slice(0, count - 1), characters.slice(count - 1).join("")];
}

function nativeScript({ response }: Recording): Script {
  const { generation, generation_token_count, prompt_token_count } = JSON.parse(response.body.toString()) as {
    generation: string;
    generation_token_count: number;
    prompt_token_count: number;
  };
  return {
    tokens: tokensOf(generation, generation_token_count),
    stopReason: "length",
    promptTokens: prompt_token_count,
  };
}

interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

function turnScript({ response }: Recording): Script {
  const { output, usage } = JSON.parse(response.body.toString()) as {
    output: { message: { content: [{ text: string }] } };
    usage: Usage;
  };
  // the engine adds the end-of-sequence token itself
  const tokens = tokensOf(output.message.content[0].text, usage.outputTokens - 1);
  return { tokens, stopReason: "stop", promptTokens: usage.inputTokens };
}

function streamedTurnScript({ response }: Recording): Script {
  const payloads = cutMessages(response.body).map(
    ({ payload }) => JSON.parse(payload) as { delta?: { text: string }; usage?: Usage },
  );
  const tokens = payloads.flatMap(({ delta }) => delta?.text ?? []).slice(0, -1);
  return { tokens, stopReason: "stop", promptTokens: payloads.at(-1)?.usage?.inputTokens ?? 0 };
}
