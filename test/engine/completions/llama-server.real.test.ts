import { expect, onTestFinished, type TestContext, test } from "vitest";

import {
  createCompletionsEngine,
  createLlamaCppEngine,
  type Engine,
  type GenerateRequest,
  type Token,
} from "../../../src/engine/index.js";
import { needsEngine, tinyFiles } from "../../support/engine.js";
import { startLlamaServer } from "../../support/llama-server.js";

/** The same tiny model in llama-server and in Cria's own engine. */
async function both(context: TestContext, name: "llama-2" | "llama-3") {
  needsEngine(context);
  const files = await tinyFiles(name);
  const server = await startLlamaServer(context, files.modelFile);
  const upstream = createCompletionsEngine({ url: server.url });
  const own = createLlamaCppEngine({
    files: () => Promise.resolve(files),
    threads: 1,
    contextSize: 2048,
    sequences: 1,
  });
  onTestFinished(async () => {
    await upstream.close();
    await own.close();
  });
  return { server, upstream, own };
}

const request = (more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  ...{ prompt: "Once upon a time 🦙", bos: "always", maxTokens: 24, temperature: 0, topP: 1 },
  ...more,
});

async function answer(engine: Engine, more?: Partial<GenerateRequest>) {
  const generation = await engine.generate(request(more));
  const tokens: Token[] = [];
  for await (const token of generation) tokens.push(token);
  return {
    promptTokens: generation.promptTokens,
    count: tokens.length,
    text: tokens.map(({ text }) => text).join(""),
    stopReason: tokens.at(-1)?.stopReason,
  };
}

test.for([
  ["llama-2", "always"],
  ["llama-2", "never"],
  ["llama-3", "always"],
  ["llama-3", "never"],
  ["llama-3", "model"],
] as const)(
  "llama-server counts and answers as Cria's own engine: %s, bos %s",
  async ([name, bos], context) => {
    const { upstream, own } = await both(context, name);
    const prompts = [
      "Once upon a time 🦙",
      "<s>[INST] Hi [/INST]",
      "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>",
      "\u00e9\u0301 日本",
    ];
    for (const prompt of prompts) {
      expect(await upstream.countTokens(prompt, { bos })).toBe(await own.countTokens(prompt, { bos }));
      expect(await answer(upstream, { prompt, bos })).toEqual(await answer(own, { prompt, bos }));
    }
  },
);

test("a prompt that is too long is refused with the same counts", async (context) => {
  const { upstream, own } = await both(context, "llama-3");
  const prompt = "word ".repeat(5_000);
  const refused = await answer(own, { prompt }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ name: "PromptTooLongError" });
  const { promptTokens } = refused as { promptTokens: number };
  await expect(answer(upstream, { prompt })).rejects.toMatchObject({
    name: "PromptTooLongError",
    promptTokens,
  });
});

test("a server that is killed breaks its streams, and one that is back answers", async (context) => {
  const { server, upstream } = await both(context, "llama-3");
  const generation = await upstream.generate(request({ maxTokens: 1_500 }));
  const tokens: Token[] = [];
  const reading = (async () => {
    for await (const token of generation) {
      tokens.push(token);
      if (tokens.length === 3) void server.kill();
    }
  })();
  await expect(reading).rejects.toMatchObject({ name: "EngineStoppedError" });
  expect(tokens.length).toBeGreaterThanOrEqual(3);
  await expect(answer(upstream)).rejects.toMatchObject({ name: "EngineUnavailableError" });
});

test("a caller who leaves frees the server's slot", async (context) => {
  const { server, upstream } = await both(context, "llama-3");
  const busy = async () => {
    const slots = (await (await fetch(`${server.url}/slots`)).json()) as { is_processing: boolean }[];
    return slots.filter(({ is_processing: processing }) => processing).length;
  };
  for await (const token of await upstream.generate(request({ maxTokens: 1_500 }))) {
    expect(token.stopReason).toBeNull();
    expect(await busy()).toBe(1);
    break;
  }
  await expect.poll(busy, { timeout: 10_000 }).toBe(0);
});
