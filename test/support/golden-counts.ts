import { readFileSync } from "node:fs";

import { textMessage } from "../../src/bedrock/index.js";
import { promptFormats } from "../../src/prompt/index.js";

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

/** Recorded in answers of `meta.llama3-8b-instruct-v1:0` and `meta.llama3-2-1b-instruct-v1:0`. */
export const llama3Counts: readonly GoldenCount[] = [
  recorded("llama3-8b.invoke-with-response-stream", 23),
  plain("What is the capital of France?", 7),
  plain("Say this is a test", 5),
  {
    title: "a conversation with Llama 3.2",
    prompt: promptFormats["llama-3-1"].render([
      textMessage("system", "You are an app that knows about everything."),
      textMessage("user", "Tell me a joke about opentelemetry"),
    ]),
    tokens: 52,
  },
];

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
