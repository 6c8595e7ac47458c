import { readFileSync } from "node:fs";

import {
  type Chat,
  type LlamaFamily,
  type Message,
  textMessage,
  type Tool,
} from "../../src/bedrock/index.js";
import { conversePrompt } from "../../src/prompt/index.js";

/** A prompt with a known number of tokens on Bedrock. */
export interface GoldenCount {
  readonly title: string;
  readonly prompt: string;
  /** Includes the beginning-of-sequence token, if Bedrock adds one. */
  readonly tokens: number;
}

/** Recorded in answers of `meta.llama2-13b-chat-v1`. */
export const llama2Counts: readonly GoldenCount[] = [
  plain("What does 'lorem ipsum' mean?", 10),
  plain("What is 212 degrees Fahrenheit converted to Celsius?", 17),
  // its own `<s>` counts in addition to the one that Bedrock adds
  recorded("llama2-13b-chat.invoke-inst", 158),
];

/** A conversation with a known number of tokens on Bedrock's Converse, for a model with Llama 3's vocabulary. */
export interface ConverseCount {
  readonly title: string;
  readonly family: LlamaFamily;
  readonly chat: Chat;
  readonly tokens: number;
}

/** Recorded in answers of Converse. A request for each form that its prompt takes; the recordings themselves are rebuilt elsewhere. */
export const converseCounts: readonly ConverseCount[] = [
  {
    title: "a question to Llama 3",
    family: "llama-3",
    chat: conversation([], textMessage("user", "Hello, can you tell me about yourself?")),
    tokens: 23,
  },
  {
    title: "a conversation with Llama 3.2",
    family: "llama-3-1",
    chat: conversation(
      [],
      textMessage("system", "You are an app that knows about everything."),
      textMessage("user", "Tell me a joke about opentelemetry"),
    ),
    tokens: 52,
  },
  {
    title: "a tool for Llama 3.3",
    family: "llama-3-1",
    chat: conversation(
      [
        {
          name: "add",
          description: "Add two integers",
          inputSchema: {
            additionalProperties: false,
            properties: { a: { type: "integer" }, b: { type: "integer" } },
            required: ["a", "b"],
            type: "object",
          },
        },
      ],
      textMessage(
        "user",
        "Use the add tool to compute 2 + 3. After the tool result arrives, respond with 'sum=<value>'.",
      ),
    ),
    tokens: 205,
  },
];

/** Recorded in answers of `meta.llama3-8b-instruct-v1:0` and of Converse. */
export const llama3Counts: readonly GoldenCount[] = [
  recorded("llama3-8b.invoke-with-response-stream", 23),
  plain("What is the capital of France?", 7),
  plain("Say this is a test", 5),
  ...converseCounts.map(({ title, family, chat, tokens }) => ({
    title,
    prompt: conversePrompt(family, chat),
    tokens,
  })),
];

function conversation(tools: readonly Tool[], ...messages: readonly Message[]): Chat {
  return { messages, tools };
}

function plain(prompt: string, tokens: number): GoldenCount {
  return { title: prompt, prompt, tokens };
}

/** The prompt of a recorded request; see `test/fixtures/recordings/README.md`. */
function recorded(name: string, tokens: number): GoldenCount {
  const file = new URL(`../fixtures/recordings/${name}.json`, import.meta.url);
  const { request } = JSON.parse(readFileSync(file, "utf8")) as { request: { body: string } };
  const { prompt } = JSON.parse(request.body) as { prompt: string };
  return { title: name, prompt, tokens };
}
