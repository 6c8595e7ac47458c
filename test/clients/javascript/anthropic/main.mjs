// Anthropic's SDK for JavaScript, with its client for Bedrock. It writes requests in Claude's own format, which no Llama takes.
import { AnthropicBedrock } from "@anthropic-ai/bedrock-sdk";

import { NoSuchMode, QUESTION, run, TOOLS_MODEL } from "./cases.mjs";

const ask = (options) =>
  new AnthropicBedrock({ maxRetries: 0 }).messages.create({
    model: TOOLS_MODEL,
    max_tokens: 64,
    messages: [{ role: "user", content: QUESTION }],
    ...options,
  });

const claudes = async () => {
  throw new NoSuchMode("it writes Claude's own format");
};

await run("@anthropic-ai/bedrock-sdk", {
  async plain() {
    await ask();
  },

  async stream() {
    for await (const _ of await ask({ stream: true }));
  },

  usage: claudes,
  tools: claudes,
  structured: claudes,
});
