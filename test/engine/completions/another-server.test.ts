import type { ServerResponse } from "node:http";

import { expect, onTestFinished, test } from "vitest";

import {
  type CompletionsEngineOptions,
  createCompletionsEngine,
  type ServerFacts,
} from "../../../src/engine/index.js";
import {
  type Answer,
  chunk,
  DONE,
  events,
  refusal,
  startCompletionsServer,
} from "./support/completions-server.js";

/** As soon as a server that is down is asked again, on a busy machine. */
const SOON = { timeout: 15_000 };

const answer = events(chunk("Hi", [1]), chunk("", [2], { finish: "stop" }), DONE);
const vllm = (id: string) => ({
  "/v1/models": { data: [{ id, owned_by: "vllm", max_model_len: 512 }] },
  "/health": {},
});
const llamaServer = (id: string, contextSize: number, sequences: number) => ({
  "/v1/models": { data: [{ id, owned_by: "llamacpp" }] },
  "/props": { default_generation_settings: { n_ctx: contextSize }, total_slots: sequences },
  "/health": {},
});
const llamaServerAnswer: Answer = (response, asked) =>
  asked.path === "/tokenize"
    ? refusal(200, { tokens: [1, 2] })(response, asked)
    : asked.path === "/completion"
      ? events(
          `data: ${JSON.stringify({ content: "Ho", tokens: [7], stop: false, tokens_predicted: 1, tokens_evaluated: 2 })}\n\n`,
          `data: ${JSON.stringify({ content: "", stop: true, stop_type: "eos", tokens_predicted: 2, tokens_evaluated: 2 })}\n\n`,
        )(response, asked)
      : refusal(404, { error: { message: "File Not Found", type: "not_found_error" } })(response, asked);

/** A server that has what `pages` say now, and answers 404 to any other model, as vLLM does; and an engine in front of it. */
async function start(pages: Record<string, unknown>, options: Partial<CompletionsEngineOptions> = {}) {
  const has = (model: unknown) => {
    const { data } = pages["/v1/models"] as { data: readonly { id: string }[] };
    return data.some(({ id }) => id === model);
  };
  const vllmAnswer: Answer = (response, asked) => {
    const { model } = asked.body as { model: unknown };
    if (!has(model))
      return refusal(404, { message: `The model ${String(model)} doesn't exist.` })(response, asked);
    return (asked.path === "/tokenize" ? refusal(200, { count: 3 }) : answer)(response, asked);
  };
  const server = await startCompletionsServer(pages, vllmAnswer);
  const notices: string[] = [];
  const servers: (ServerFacts | undefined)[][] = [];
  const engine = createCompletionsEngine({
    url: server.url,
    onNotice: (text) => notices.push(text),
    onServer: (...facts) => servers.push(facts),
    ...options,
  });
  onTestFinished(async () => {
    await engine.close();
    await server.close();
  });
  await engine.model();
  const generate = async () => {
    let text = "";
    let freed = 0;
    const request = { prompt: "Hello", maxTokens: 8, temperature: 0, topP: 1, onFree: () => (freed += 1) };
    for await (const token of await engine.generate(request)) text += token.text;
    await expect.poll(() => freed, SOON).toBe(1);
    return text;
  };
  return { server, engine, notices, servers, generate, host: new URL(server.url).host };
}

test("the one model of a server that was given another is found by the next request, which it answers", async () => {
  const pages: Record<string, unknown> = vllm("llama-A");
  const { server, engine, servers, generate } = await start(pages);
  expect(await generate()).toBe("Hi");
  Object.assign(pages, vllm("llama-B"));
  expect(await generate()).toBe("Hi");
  expect(server.asked.map(({ body }) => (body as { model: string }).model)).toEqual([
    "llama-A",
    "llama-A",
    "llama-B",
  ]);
  expect(await engine.model()).toMatchObject({ name: "llama-B" });
  expect(servers).toMatchObject([
    [{ model: "llama-A" }, undefined],
    [{ model: "llama-B" }, { model: "llama-A" }],
  ]);
});

test("its prompts are counted by the new one, never as no tokens at all", async () => {
  const pages: Record<string, unknown> = vllm("llama-A");
  const { engine } = await start(pages);
  Object.assign(pages, vllm("llama-B"));
  expect(await engine.countTokens("Hello")).toBe(3);
});

test("a server without a way to count says so", async () => {
  const { server, engine } = await start(vllm("llama-A"));
  server.answer = refusal(404, { detail: "Not Found" });
  await expect(engine.countTokens("Hello")).rejects.toMatchObject({ name: "EngineUnavailableError" });
});

test("a prompt that may be too long is sent all the same where a router has no way to count", async () => {
  const { server, engine } = await start(vllm("llama-A"));
  server.answer = (response, asked) =>
    (asked.path === "/tokenize" ? refusal(404, { detail: "Not Found" }) : answer)(response, asked);
  const request = { prompt: "word ".repeat(100), maxTokens: 50, temperature: 0, topP: 1 };
  await expect(engine.generate(request)).resolves.toMatchObject({ promptTokens: 5 });
});

test("a named model that is gone makes the server unhealthy until it is back", async () => {
  const pages: Record<string, unknown> = vllm("llama-A");
  const { engine, notices, generate, host } = await start(pages, { model: "llama-A" });
  Object.assign(pages, vllm("llama-B"));
  const failure = { name: "EngineUnavailableError" };
  await expect(generate()).rejects.toMatchObject(failure);
  expect(engine.health()).toMatchObject({ ready: false });
  await expect(generate()).rejects.toMatchObject(failure);
  await expect(engine.countTokens("Hello")).rejects.toMatchObject(failure);
  expect(notices.slice(1)).toEqual([expect.stringContaining("llama-A")]);
  Object.assign(pages, vllm("llama-A"));
  await expect.poll(() => engine.health(), SOON).toEqual({ ready: true });
  expect(await generate()).toBe("Hi");
  expect(notices.slice(2)).toEqual([`${host} answers.`]);
});

test("a server that has several models now must be told which one is meant", async () => {
  const pages: Record<string, unknown> = vllm("llama-A");
  const { engine, generate } = await start(pages);
  pages["/v1/models"] = { data: [{ id: "llama-B", owned_by: "vllm" }, { id: "llama-C" }] };
  await expect(generate()).rejects.toMatchObject({ name: "EngineUnavailableError" });
  expect(engine.health()).toMatchObject({ ready: false });
});

test("a server that comes back with other settings is asked for them", async () => {
  const { server, engine, host } = await start(llamaServer("a.gguf", 4096, 1));
  expect(await engine.model()).toMatchObject({ name: "a", contextSize: 4096, sequences: 1 });
  await server.close();
  await expect(engine.countTokens("Hello")).rejects.toMatchObject({ name: "EngineUnavailableError" });
  await expect.poll(() => engine.health().ready, SOON).toBe(false);
  const pages = llamaServer("a.gguf", 8192, 4);
  const back = await startCompletionsServer(pages, llamaServerAnswer, Number(host.split(":")[1]));
  onTestFinished(() => back.close());
  await expect.poll(() => engine.health().ready, SOON).toBe(true);
  expect(await engine.model()).toMatchObject({ name: "a", contextSize: 8192, sequences: 4 });
});

test("a server of another kind in its place is spoken to as what it is", async () => {
  const pages: Record<string, unknown> = vllm("llama-A");
  const { server, engine, servers, generate } = await start(pages);
  Object.assign(pages, llamaServer("llama-A", 4096, 2));
  server.answer = llamaServerAnswer;
  expect(await generate()).toBe("Ho");
  expect(await engine.model()).toMatchObject({ sequences: 2 });
  expect(servers[1]).toMatchObject([{ dialect: "llama-server" }, { dialect: "vllm" }]);
});

test("a server that refuses what its kind takes is asked what it is", async () => {
  const pages: Record<string, unknown> = llamaServer("llama-A", 4096, 2);
  const { server, engine, generate } = await start(pages);
  Object.assign(pages, vllm("llama-A"));
  server.answer = (response, asked) =>
    (asked.path === "/tokenize" ? refusal(400, { message: "prompt: field required" }) : answer)(
      response,
      asked,
    );
  await expect(generate()).rejects.toMatchObject({ name: "EngineStoppedError" });
  await expect.poll(async () => (await engine.model()).contextSize, SOON).toBe(512);
  expect(await generate()).toBe("Hi");
});

test("a server that can generate stays up where only its list of models is refused, and isn't held back by that", async () => {
  const pages: Record<string, unknown> = vllm("llama-A");
  const { server, engine, notices, generate } = await start(pages);
  let asked = 0;
  Object.assign(pages, {
    "/v1/models": (response: ServerResponse) => {
      asked += 1;
      response.writeHead(429, { "retry-after": "30" }).end("{}");
    },
  });
  server.answer = refusal(400, { error: { message: "no" } });
  // what is refused has the server looked at
  await expect(generate()).rejects.toThrow();
  await expect.poll(() => asked, SOON).toBeGreaterThan(0);
  // the answer to that is there once the next has come
  server.answer = answer;
  expect(await generate()).toBe("Hi");
  expect(engine.health()).toEqual({ ready: true });
  expect(notices.filter((text) => text.includes("429"))).toEqual([]);
});

test("an answer comes where nothing can count its prompt before its end", async () => {
  const { server, engine } = await start({
    ...vllm("llama-A"),
    "/v1/models": { data: [{ id: "llama-A", owned_by: "vllm", max_model_len: 131_072 }] },
  });
  const untold = { usage: { prompt_tokens: undefined } };
  server.answer = (response, asked) =>
    asked.path === "/tokenize"
      ? refusal(404, { detail: "Not Found" })(response, asked)
      : events(
          chunk("Hi", [1], untold),
          chunk("", [2], { finish: "stop", ...untold }),
          DONE,
        )(response, asked);
  const request = { prompt: "Hello", maxTokens: 8, temperature: 0, topP: 1 };
  const generation = await engine.generate(request);
  expect(generation.promptTokens).toBe(0);
  const texts = [];
  for await (const { text } of generation) texts.push(text);
  expect(texts.join("")).toBe("Hi");
});
