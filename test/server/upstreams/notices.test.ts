import { expect, onTestFinished, test } from "vitest";

import { createScriptedEngine } from "../../../src/engine/index.js";
import { type CriaServer, serve, type ServeOptions } from "../../../src/server/index.js";
import {
  events,
  type Pages,
  refusal,
  startCompletionsServer,
  vllmPages,
} from "../../engine/completions/support/completions-server.js";

const MODEL = "meta.llama3-3-70b-instruct-v1:0";
const OTHER = "meta.llama3-8b-instruct-v1:0";

/** A Cria with a server of `pages` for two models, and what it tells. */
async function start(pages: Pages) {
  const upstream = await startCompletionsServer(pages, events());
  const notices: string[] = [];
  const { url } = upstream;
  const options: ServeOptions = {
    engine: createScriptedEngine({ script: { tokens: ["local"] } }),
    upstreams: { [MODEL]: { url }, [OTHER]: { url } },
    onNotice: (sentence, level) => notices.push(`${level}: ${sentence}`),
  };
  const server = await serve(options);
  onTestFinished(async () => {
    await server.close({ graceMs: 0 });
    await upstream.close();
  });
  await server.ready();
  return { server, upstream, notices, url, host: new URL(url).host };
}

const openaiPages: Pages = { "/v1/models": { data: [{ id: "llama" }] } };
const ollamaPages: Pages = {
  "/v1/models": { data: [{ id: "llama" }] },
  "/api/version": { version: "0.17.4" },
  "/api/tags": { models: [{ name: "llama" }] },
};
const llamaServerPages: Pages = {
  "/v1/models": { data: [{ id: "llama", owned_by: "llamacpp" }] },
  "/props": { default_generation_settings: { n_ctx: 512 } },
  "/health": {},
};

const MERGES = "each chunk that it sends is one frame and counts as one token";
const COUNTS_LATE = "it is asked for one token before each answer";
const OWN_BOS = "whether a beginning-of-text token goes in front of a prompt";

test.each([
  ["an OpenAI server", openaiPages, [MERGES, COUNTS_LATE, OWN_BOS]],
  ["Ollama", ollamaPages, [COUNTS_LATE, OWN_BOS]],
  ["vLLM", vllmPages, []],
  ["llama-server", llamaServerPages, []],
])("what %s can't do is told once, whichever models it answers for", async (_what, pages, limits) => {
  const { server, upstream, notices, url, host } = await start(pages);
  upstream.answer = refusal(404, {});
  const told = () => notices.filter((notice) => notice.startsWith(`info: ${host} `));
  await expect.poll(told).toEqual(limits.map((words) => expect.stringContaining(words) as string));
  // asked for anew: other words make another upstream
  await server.reconfigure({ upstreams: { [MODEL]: { url, streams: 3 } } });
  expect(told()).toHaveLength(limits.length);
});

test("a server that is gone is a warning with the model's name, one that is back isn't", async () => {
  const { upstream, notices, host } = await start(vllmPages);
  const from = notices.length;
  await upstream.close();
  const soon = { timeout: 20_000 };
  await expect
    .poll(() => notices.slice(from).sort(), soon)
    .toEqual([
      expect.stringMatching(`^warn: For ${MODEL}: ${host} can't be reached: .*`) as string,
      expect.stringMatching(`^warn: For ${OTHER}: ${host} can't be reached: .*`) as string,
    ]);
  const back = await startCompletionsServer(vllmPages, events(), Number(host.split(":")[1]));
  onTestFinished(() => back.close());
  await expect
    .poll(() => notices.slice(from + 2).sort(), soon)
    .toEqual([`info: For ${MODEL}: ${host} answers.`, `info: For ${OTHER}: ${host} answers.`]);
});

test("another model in its place is named, and that its name isn't a Llama's", async () => {
  const pages: Record<string, unknown> = { ...vllmPages };
  const { upstream, notices, host, server } = await start(pages);
  upstream.answer = refusal(404, { message: "The model does not exist." });
  const from = notices.length;
  pages["/v1/models"] = { data: [{ id: "qwen-7b", owned_by: "vllm" }] };
  await fetch(`${server.url}/model/${encodeURIComponent(MODEL)}/invoke`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prompt: "Hi", max_gen_len: 8 }),
  });
  expect(notices.slice(from)).toEqual([
    `warn: ${host} has another model now, which answers for ${MODEL}: qwen-7b instead of meta-llama/Llama-3.3-70B.`,
    `warn: qwen-7b answers for ${MODEL}, and its name isn't that of a Llama.`,
  ]);
});

const page = async ({ url }: CriaServer, path: string) => {
  const answer = await fetch(new URL(path, url));
  return { status: answer.status, body: await answer.json() };
};

test("/health names the models whose server is gone, whether or not another answers", async () => {
  const upstream = await startCompletionsServer(vllmPages, events());
  const there = await startCompletionsServer(vllmPages, events());
  await upstream.close();
  const down = { [MODEL]: { url: upstream.url } };
  const nothing = { engine: undefined, home: "/nonexistent", preload: [] };
  const server = await serve({ ...nothing, upstreams: down });
  onTestFinished(async () => {
    await server.close({ graceMs: 0 });
    await there.close();
  });
  await server.ready();
  const reason = `No upstream answers for ${MODEL}.`;
  expect(server.health()).toEqual({ ready: false, reason });
  expect(await page(server, "/health")).toEqual({
    status: 503,
    body: { status: "unavailable", reason, unavailable: [MODEL] },
  });
  expect(await page(server, "/health/ready")).toEqual({ status: 503, body: { ready: false } });
  await server.reconfigure({ upstreams: { ...down, [OTHER]: { url: there.url } } });
  expect(await page(server, "/health")).toEqual({
    status: 200,
    body: { status: "degraded", models: [], unavailable: [MODEL] },
  });
  await server.reconfigure({ upstreams: { [OTHER]: { url: there.url } } });
  expect(await page(server, "/health")).toEqual({ status: 200, body: { status: "ready", models: [] } });
});
