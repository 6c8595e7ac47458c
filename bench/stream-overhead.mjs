/**
 * Measures the overhead of Cria over its engine: the AWS SDK for JavaScript reads streams from the server, and the same engine
 * is called directly, in turns. Client, server and benchmark share one process and its event loop; the engine has its own.
 *
 *     npm run build && node bench/stream-overhead.mjs
 *
 * Claims: the first text reaches the client within 30 ms of the engine's first token, and the client gets at least 0.95 of the
 * tokens per second.
 */
import { BedrockRuntimeClient, InvokeModelWithResponseStreamCommand } from "@aws-sdk/client-bedrock-runtime";

import { createLlamaCppEngine, ensureLlamaCppRuntime } from "../build/engine/index.js";
import { serve } from "../build/index.js";
import { chatTemplateOf, smallModel, ensureModelFile } from "../build/models/index.js";
import { renderChatTemplate } from "../build/prompt/index.js";
import { textMessage } from "../build/bedrock/index.js";
import { home } from "./support/home.mjs";
import { spread } from "./support/statistics.mjs";

const PAIRS = 12;
const TOKENS = 128;
/** Long answers, and no two prompts alike, so that none is in the KV cache. */
const SUBJECTS =
  "river mountain library harbour forest desert island village castle train garden storm".split(" ");

const local = createLlamaCppEngine({
  files: async () => {
    const runtime = await ensureLlamaCppRuntime({ home });
    const modelFile = await ensureModelFile(smallModel, { home });
    return { runtime, modelFile, chatTemplate: chatTemplateOf(modelFile) };
  },
});
const model = await local.model();

let engineFirstToken;
/** The engine, recording the time of its first token. */
const watched = {
  capabilities: local.capabilities,
  sequences: local.sequences,
  model: () => local.model(),
  health: () => local.health(),
  countTokens: (...args) => local.countTokens(...args),
  close: () => local.close(),
  [Symbol.asyncDispose]: () => local.close(),
  async generate(request) {
    const generation = await local.generate(request);
    return {
      promptTokens: generation.promptTokens,
      async *[Symbol.asyncIterator]() {
        engineFirstToken = undefined;
        for await (const token of generation) {
          engineFirstToken ??= performance.now();
          yield token;
        }
      },
    };
  },
};

const server = await serve({ engine: watched });
const client = new BedrockRuntimeClient({
  endpoint: server.url,
  region: "us-east-1",
  credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
});

const question = (subject) => `Write a very long story about a ${subject}.`;

/** Tokens per second from the first token to the last. */
async function direct(subject) {
  const prompt = renderChatTemplate(model.chatTemplate, [textMessage("user", question(subject))], model);
  const request = { prompt, maxTokens: TOKENS, temperature: 0, topP: 1 };
  let first;
  let tokens = 0;
  for await (const token of await local.generate(request)) {
    first ??= performance.now();
    if (token) tokens += 1;
  }
  return ((tokens - 1) / (performance.now() - first)) * 1000;
}

async function throughSdk(subject) {
  const body = JSON.stringify({
    prompt: `<s>[INST] ${question(subject)} [/INST]`,
    max_gen_len: TOKENS,
    temperature: 0,
  });
  const { body: stream } = await client.send(
    new InvokeModelWithResponseStreamCommand({ modelId: "meta.llama2-13b-chat-v1", body }),
  );
  let first;
  let tokens = 0;
  for await (const { chunk } of stream) {
    first ??= performance.now();
    tokens = JSON.parse(new TextDecoder().decode(chunk.bytes)).generation_token_count;
  }
  return {
    delay: first - engineFirstToken,
    speed: ((tokens - 1) / (performance.now() - first)) * 1000,
  };
}

await direct("warm-up");
await throughSdk("warm up");

const delays = [];
const ratios = [];
const speeds = [];
for (let pair = 0; pair < PAIRS; pair++) {
  const subject = SUBJECTS[pair % SUBJECTS.length];
  let alone;
  let through;
  // the order alternates, so that a machine that slows down favours neither
  if (pair % 2 === 0) {
    alone = await direct(`${subject} in spring`);
    through = await throughSdk(`${subject} in winter`);
  } else {
    through = await throughSdk(`${subject} in winter`);
    alone = await direct(`${subject} in spring`);
  }
  delays.push(through.delay);
  ratios.push(through.speed / alone);
  speeds.push(alone);
}

process.stdout.write(
  [
    `${model.name}, ${TOKENS} tokens, ${PAIRS} pairs, median (lowest … highest)`,
    `engine alone, tokens/s                          ${spread(speeds, 0)}`,
    `client's tokens/s over the engine's             ${spread(ratios, 3)}   at least 0.95`,
    `first token: from the engine to the client, ms  ${spread(delays, 1)}   at most 30`,
    "",
  ].join("\n"),
);

client.destroy();
await server.close();
await local.close();
