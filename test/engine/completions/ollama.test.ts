import { afterEach, beforeEach, expect, it } from "vitest";

import { createCompletionsEngine, type Engine, type Token } from "../../../src/engine/index.js";
import { type CompletionsServer, refusal, startCompletionsServer } from "./support/completions-server.js";

const MODEL = "llama3.3:latest";

const pages = {
  "/v1/models": { data: [{ id: MODEL, owned_by: "library" }] },
  "/api/version": { version: "0.17.4" },
  "/api/tags": { models: [{ name: MODEL }] },
  "/api/ps": { models: [{ name: MODEL, context_length: 64 }] },
};

/** Lines as Ollama writes them. */
const lines = (texts: readonly string[], end: object) =>
  [
    ...texts.map((response) => ({ model: MODEL, response, done: false })),
    { model: MODEL, response: "", done: true, prompt_eval_count: 5, ...end },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");

let server: CompletionsServer;
let engine: Engine;
let answer: string;

beforeEach(async () => {
  answer = lines(["Hi", " you"], { done_reason: "stop", eval_count: 3 });
  server = await startCompletionsServer(pages, (response, asked) => {
    if (asked.path === "/api/show") return refusal(200, { capabilities: ["completion"] })(response, asked);
    const { body } = asked;
    const { stream } = body as { stream: boolean };
    response.writeHead(200, { "content-type": stream ? "application/x-ndjson" : "application/json" });
    response.end(stream ? answer : lines([], { eval_count: 1 }));
  });
  engine = createCompletionsEngine({ url: server.url });
});

afterEach(async () => {
  await engine.close();
  await server.close();
});

/** The requests for an answer. */
const generations = () => server.asked.filter(({ path }) => path !== "/api/show").map(({ body }) => body);

async function all(maxTokens = 8): Promise<{ promptTokens: number; tokens: Token[] }> {
  const generation = await engine.generate({ prompt: "Hello", maxTokens, temperature: 0, topP: 1 });
  const tokens: Token[] = [];
  for await (const token of generation) tokens.push(token);
  return { promptTokens: generation.promptTokens, tokens };
}

it("is asked for one token before the answer, which tells the prompt's tokens in time", async () => {
  expect(await all()).toMatchObject({ promptTokens: 5 });
  expect(generations()).toMatchObject([
    { raw: true, stream: false, options: { num_predict: 1 } },
    { raw: true, stream: true, options: { num_predict: 8 } },
  ]);
});

it("may not shorten a prompt, nor end at a text that the model's file names", async () => {
  await all();
  for (const body of generations()) {
    expect(body).toMatchObject({ prompt: "Hello", truncate: false, shift: false, options: { stop: [] } });
  }
});

it("has its end-of-sequence token counted, which has no line", async () => {
  const { tokens } = await all();
  expect(tokens.map(({ text, stopReason }) => [text, stopReason])).toEqual([
    ["Hi", null],
    [" you", null],
    ["", "stop"],
  ]);
});

it("has the tokens counted that make up one character", async () => {
  answer = lines(["🦙", "!"], { done_reason: "length", eval_count: 4 });
  const { tokens } = await all(4);
  expect(tokens.map(({ text }) => text).join("")).toBe("🦙!");
  expect(tokens).toHaveLength(4);
  expect(tokens.map(({ stopReason }) => stopReason)).toEqual([null, null, null, "length"]);
});

it("counts a text by the same way", async () => {
  expect(await engine.countTokens("Hello")).toBe(5);
});

it("gives no more tokens than its context has room for", async () => {
  await all(1_000);
  expect(server.asked.at(-1)?.body).toMatchObject({ options: { num_predict: 59 } });
});

it("refuses a prompt that is too long in the words of its own, with the context that it told elsewhere", async () => {
  server.answer = refusal(400, { error: "the input length exceeds the context length" });
  await expect(all()).rejects.toMatchObject({ name: "PromptTooLongError", contextLimit: 64 });
  await expect(engine.countTokens("Hello")).rejects.toMatchObject({ name: "PromptTooLongError" });
});
