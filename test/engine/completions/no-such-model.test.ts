import { expect, onTestFinished, test } from "vitest";

import { type CompletionsEngineOptions, createCompletionsEngine } from "../../../src/engine/index.js";
import { events, type Pages, startCompletionsServer } from "./support/completions-server.js";

/** What is said of a server of `pages`, HOST in place of its host and port, and the notices at the start. */
async function problemOf(
  pages: Pages,
  options: Partial<CompletionsEngineOptions> & { readonly path?: string },
) {
  const server = await startCompletionsServer(pages, events());
  const notices: string[] = [];
  const url = new URL(options.path ?? "/v1", server.url);
  const onNotice = (sentence: string) => notices.push(sentence);
  const engine = createCompletionsEngine({ onNotice, ...options, url: url.href });
  onTestFinished(async () => {
    await engine.close();
    await server.close();
  });
  const error = await engine.model().then(String, (thrown: unknown) => thrown as Error);
  expect(error).toMatchObject({ name: "UpstreamModelError" });
  // whoever starts it gets the error, and needn't read it twice
  expect(notices).toEqual([]);
  return String(error).replaceAll(url.host, "HOST").replace("UpstreamModelError: ", "");
}

const vllm = (...ids: readonly string[]): Pages => ({
  "/v1/models": { data: ids.map((id) => ({ id, owned_by: "vllm" })) },
  "/health": {},
});
const KIND =
  "Is the path of its URL right? Or is it another kind of server: dialect=NAME (in a file, `dialect: NAME`) says which.";

test.each([
  [
    "no model of the name",
    vllm("a", "b"),
    { model: "c" },
    "HOST has no model named c. It has a, b: write model=NAME after its URL (in a file, `model: NAME`).",
  ],
  [
    "one model of another name",
    vllm("a"),
    { model: "c" },
    "HOST has no model named c. It has a: write model=a after its URL (in a file, `model: a`).",
  ],
  [
    "several models",
    vllm("a", "b"),
    {},
    "HOST has several models: a, b. Say which one is meant: write model=a after its URL (in a file, `model: a`).",
  ],
  [
    "many models",
    vllm("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"),
    {},
    "HOST has several models: a, b, c, d, e, f, g, h and 3 more. Say which one is meant: write model=a after its URL (in a file, `model: a`).",
  ],
  ["none", vllm(), { dialect: "vllm" }, "HOST lists no models: load one there, or mend its URL."],
  [
    "another path",
    vllm("a"),
    { path: "/foo/v1", model: "a" },
    `HOST answered 404 to /foo/v1/models, where it should list its models. ${KIND}`,
  ],
  [
    "another kind",
    vllm("a"),
    { dialect: "ollama" },
    `HOST answered 404 to /api/tags, where it should list its models. ${KIND}`,
  ],
  [
    "another kind, and a path",
    vllm("a"),
    { dialect: "llama-server", path: "/x" },
    `HOST answered 404 to /x/v1/models, where it should list its models. ${KIND}`,
  ],
] as const)("a server with %s is told, and what to write", async (_what, pages, options, words) => {
  expect(await problemOf(pages, options)).toBe(words);
});

test("a server without the health of its kind is told as that", async () => {
  const server = await startCompletionsServer({ "/v1/models": { data: [{ id: "a" }] } }, events());
  const notices: string[] = [];
  const onNotice = (sentence: string) => notices.push(sentence);
  const engine = createCompletionsEngine({ url: server.url, dialect: "vllm", onNotice });
  onTestFinished(async () => {
    await engine.close();
    await server.close();
  });
  await engine.model();
  await expect.poll(() => notices.at(-1), { timeout: 25_000 }).toMatch(/answered 404 to \/health, where/u);
}, 30_000);
