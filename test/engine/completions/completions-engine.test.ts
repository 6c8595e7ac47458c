import { once } from "node:events";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  createCompletionsEngine,
  type Engine,
  type GenerateRequest,
  type Token,
} from "../../../src/engine/index.js";
import {
  type CompletionsServer,
  chunk,
  DONE,
  events,
  refusal,
  startCompletionsServer,
  vllmPages,
} from "./support/completions-server.js";

let server: CompletionsServer;
let engine: Engine;
let notices: string[];
let freed: number;

beforeEach(async () => {
  notices = [];
  freed = 0;
  server = await startCompletionsServer(
    vllmPages,
    events(chunk("Hi", [1]), chunk("", [2], { finish: "stop" }), DONE),
  );
  engine = createCompletionsEngine({
    url: server.url,
    key: "secret-key",
    onNotice: (text) => notices.push(text),
  });
});

afterEach(async () => {
  await engine.close();
  await server.close();
});

const request = (more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  ...{ prompt: "Hello", bos: "always", maxTokens: 8, temperature: 0.5, topP: 0.9 },
  onFree: () => (freed += 1),
  ...more,
});

async function all(more: Partial<GenerateRequest> = {}): Promise<Token[]> {
  const tokens: Token[] = [];
  for await (const token of await engine.generate(request(more))) tokens.push(token);
  return tokens;
}

const texts = (tokens: readonly Token[]) => tokens.map(({ text }) => text);

describe("a server's answer", () => {
  it("comes token by token, with the reason for the end at the last one", async () => {
    expect(await all()).toEqual([
      { id: 1, text: "Hi", stopReason: null },
      { id: 2, text: "", stopReason: "stop" },
    ]);
    await expect.poll(() => freed).toBe(1);
  });

  it("tells the prompt's tokens before the first token is read", async () => {
    const generation = await engine.generate(request());
    expect(generation.promptTokens).toBe(5);
    for await (const token of generation) if (token.stopReason !== null) break;
  });

  it("has the prompt counted where the stream doesn't tell, as behind vLLM's router", async () => {
    const bare = (text: string, finish: string | null) =>
      `data: ${JSON.stringify({ choices: [{ text, token_ids: [1], finish_reason: finish }] })}\n\n`;
    const stream = events(bare("Hi", null), bare("", "stop"), DONE);
    server.answer = (response, asked) =>
      asked.path === "/tokenize" ? refusal(200, { count: 7 })(response, asked) : stream(response, asked);
    expect((await engine.generate(request())).promptTokens).toBe(7);
  });

  it("is asked for with nothing but temperature and top-p that shapes the choice of tokens", async () => {
    await all({ seed: 7 });
    expect(server.asked[0]).toMatchObject({
      path: "/v1/completions",
      headers: { authorization: "Bearer secret-key" },
      body: {
        ...{
          model: "meta-llama/Llama-3.3-70B",
          prompt: "Hello",
          max_tokens: 8,
          temperature: 0.5,
          top_p: 0.9,
          seed: 7,
        },
        ...{ top_k: 0, min_p: 0, repetition_penalty: 1, presence_penalty: 0, frequency_penalty: 0 },
        ...{ add_special_tokens: true, stream: true },
      },
    });
  });

  it("has no beginning-of-sequence token added where the model's family has none", async () => {
    await all({ bos: "never", topP: 0 });
    expect(server.asked[0]?.body).toMatchObject({ add_special_tokens: false, top_p: 1 });
  });

  it("splits tokens that came in one chunk", async () => {
    server.answer = events(
      chunk("one two", [1, 2], { strings: ["one", " two"] }),
      chunk(" three", [3, 9], { strings: [" three", "<|eot_id|>"], finish: "stop" }),
      DONE,
    );
    expect(await all()).toEqual([
      { id: 1, text: "one", stopReason: null },
      { id: 2, text: " two", stopReason: null },
      { id: 3, text: " three", stopReason: null },
      { id: 9, text: "", special: "<|eot_id|>", stopReason: "stop" },
    ]);
  });

  it("loses no text where the tokens' own texts don't make it up", async () => {
    server.answer = events(
      chunk("🦙", [1, 2, 3], { strings: ["\ufffd", "\ufffd", "\ufffd"] }),
      chunk("!", [4], { finish: "length" }),
      DONE,
    );
    expect(texts(await all())).toEqual(["", "", "🦙", "!"]);
  });

  it("may tell the ids of a prompt of a million tokens first", async () => {
    const ids = `[${"100000, ".repeat(1_000_000)}100000]`;
    const first = chunk("Hi", [1]).replace('"index":0', `"index":0,"prompt_token_ids":${ids}`);
    server.answer = events(first, chunk("", [2], { finish: "stop" }), DONE);
    expect(texts(await all())).toEqual(["Hi", ""]);
  });

  it("may end by its length before as many tokens as were asked for", async () => {
    server.answer = events(chunk("a", [1]), chunk("b", [2], { finish: "length" }), DONE);
    expect((await all()).at(-1)).toEqual({ id: 2, text: "b", stopReason: "length" });
  });

  it.each([1, 2, 3, 7])("is the same in pieces of %i bytes, within characters too", async (size) => {
    const bytes = Buffer.from(chunk("né", [1]) + chunk("🦙", [2], { finish: "stop" }) + DONE);
    server.answer = async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (let at = 0; at < bytes.length; at += size) {
        response.write(bytes.subarray(at, at + size));
        // else Node sends them together
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    };
    expect(texts(await all())).toEqual(["né", "🦙"]);
  });

  it("leaves its connection to the next request", async () => {
    for (let i = 0; i < 5; i += 1) {
      await all();
      await expect.poll(() => freed).toBe(i + 1);
    }
    // the first questions may have opened several
    const before = server.connections();
    for (let i = 0; i < 5; i += 1) {
      await all();
      await expect.poll(() => freed).toBe(i + 6);
    }
    expect(server.connections()).toBe(before);
  });
});

describe("a prompt", () => {
  it("is counted by the server only where it may be too long, and leaves the rest of the context to the answer", async () => {
    const answers = server.answer;
    server.answer = (response, asked) => {
      if (asked.path === "/tokenize") return refusal(200, { count: 508 })(response, asked);
      return answers(response, asked);
    };
    await all({ prompt: "word ".repeat(100), maxTokens: 50 });
    expect(server.asked.map(({ path }) => path)).toEqual(["/tokenize", "/v1/completions"]);
    expect(server.asked[1]?.body).toMatchObject({ max_tokens: 4 });
  });

  it("is refused if the caller's own limit is lower than the server's", async () => {
    server.answer = refusal(200, { count: 20 });
    await expect(all({ prompt: "word ".repeat(8), contextLimit: 16 })).rejects.toMatchObject({
      ...{ name: "PromptTooLongError", promptTokens: 20, contextLimit: 16 },
    });
    expect(freed).toBe(1);
  });

  it("is refused in the server's own numbers", async () => {
    server.answer = refusal(400, {
      error: {
        message: "maximum context length is 512",
        type: "BadRequestError",
        param: "input_tokens",
        code: 400,
      },
    });
    await expect(all()).rejects.toMatchObject({ name: "PromptTooLongError", contextLimit: 512 });
  });
});

describe("a server that doesn't answer", () => {
  it.each([
    [429, "EngineBusyError"],
    [503, "EngineUnavailableError"],
    [500, "EngineUnavailableError"],
    [401, "EngineUnavailableError"],
    [404, "EngineUnavailableError"],
    [400, "EngineStoppedError"],
  ])("with %i is told by its own words in the log alone, and frees the place", async (status, name) => {
    server.answer = refusal(status, { error: { message: "because of the moon, says secret-key" } });
    const error = await all().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name });
    expect(String(error)).not.toMatch(/moon|127\.0\.0\.1|secret-key/u);
    const cause = String((error as Error).cause);
    expect(cause).toContain(new URL(server.url).host);
    if (status !== 401) expect(cause).toContain("because of the moon, says [its key]");
    expect(cause).not.toContain("secret-key");
    expect(freed).toBe(1);
  });

  it("isn't quoted in the log where it quotes the prompt", async () => {
    server.answer = refusal(400, {
      error: { message: "can't read 'My neighbour's name is Rosalind' as a prompt" },
    });
    const error = await all({ prompt: "My neighbour's name is Rosalind" }).catch((thrown: unknown) => thrown);
    expect(String((error as Error).cause)).toMatch(/answered 400: \(its words quote the request\)$/u);
  });

  it("is left alone for as long as it asks", async () => {
    server.answer = refusal(429, { error: { message: "slow down" } }, { "retry-after": "20" });
    const cause = async () => String(((await all().catch((error: unknown) => error)) as Error).cause);
    expect(await cause()).toContain("slow down");
    expect(await cause()).toMatch(/asked not to be called for 20 s/u);
    expect(server.asked).toHaveLength(1);
  });

  it("is unhealthy until it is there", async () => {
    const { port } = new URL(server.url);
    await engine.close();
    await server.close();
    engine = createCompletionsEngine({
      url: `http://127.0.0.1:${port}`,
      onNotice: (text) => notices.push(text),
    });
    await expect(engine.model()).rejects.toMatchObject({
      name: "EngineUnavailableError",
      message: "The server that has the model can't be reached.",
      cause: {
        message: expect.stringMatching(/^127\.0\.0\.1:\d+ can't be reached: .*ECONNREFUSED/u) as string,
      },
    });
    expect(engine.health()).toEqual({
      ready: false,
      reason: "The server that has the model can't be reached.",
    });
    await expect(all()).rejects.toMatchObject({ name: "EngineUnavailableError" });
    expect(freed).toBe(1);
    server = await startCompletionsServer(vllmPages, server.answer, Number(port));
    expect(texts(await all())).toEqual(["Hi", ""]);
    expect(engine.health()).toEqual({ ready: true });
    expect(notices).toEqual([expect.stringMatching(/can't be reached/u), `127.0.0.1:${port} answers.`]);
  });

  it("has to be told which of its models is meant", async () => {
    await engine.close();
    await server.close();
    server = await startCompletionsServer(
      {
        "/v1/models": {
          data: [
            { id: "a", owned_by: "vllm" },
            { id: "b", owned_by: "vllm" },
          ],
        },
      },
      events(),
    );
    engine = createCompletionsEngine({ url: server.url });
    await expect(engine.model()).rejects.toMatchObject({ name: "UpstreamModelError", models: ["a", "b"] });
    await engine.close();
    engine = createCompletionsEngine({ url: server.url, model: "c" });
    await expect(engine.model()).rejects.toMatchObject({ name: "UpstreamModelError", wanted: "c" });
    await engine.close();
    engine = createCompletionsEngine({ url: server.url, model: "b" });
    await expect(engine.model()).resolves.toMatchObject({ name: "b" });
  });
});

describe("a reader who is slower than the server", () => {
  /** Far more than sockets and buffers take. */
  const MANY = 400;
  const filler = "x".repeat(100_000);

  beforeEach(async () => {
    await engine.close();
    engine = createCompletionsEngine({ url: server.url, silenceMs: 300 });
  });

  it("slows it down, isn't told that it is silent, and gets every token", async () => {
    let sent = 0;
    server.answer = async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (; sent < MANY; sent += 1)
        if (!response.write(chunk(`${sent} `, [sent], { usage: { filler } }))) await once(response, "drain");
      response.end(chunk("", [MANY], { finish: "stop" }) + DONE);
    };
    const generation = await engine.generate(request({ maxTokens: MANY + 50 }));
    let before = -1;
    await expect.poll(() => before === (before = sent), { interval: 100, timeout: 10_000 }).toBe(true);
    expect(sent).toBeLessThan(MANY);
    // several times as long as the server may be silent
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const tokens: string[] = [];
    for await (const { text } of generation) tokens.push(text);
    expect(tokens).toEqual([...Array.from({ length: MANY }, (_, i) => `${i} `), ""]);
  });

  it("is told of silence once it waits", async () => {
    server.answer = (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(chunk("a", [1]).repeat(100));
    };
    const tokens: Token[] = [];
    const run = async () => {
      for await (const token of await engine.generate(request({ maxTokens: 200 }))) tokens.push(token);
    };
    await expect(run()).rejects.toMatchObject({
      name: "EngineStoppedError",
      message: "The server that has the model sent nothing for 0.3 s.",
    });
    expect(tokens).toHaveLength(100);
  });
});

describe("a stream that fails", () => {
  it.each<[string, readonly string[], RegExp]>([
    ["ends early", [chunk("Hi", [1])], /before the answer was complete/u],
    ["ends before it begins", [], /before the answer was complete/u],
    [
      "has an error object",
      [chunk("Hi", [1]), 'data: {"error":{"message":"CUDA died","code":500}}\n\n', DONE],
      /CUDA died/u,
    ],
    ["has a field named error", [chunk("Hi", [1]), 'error: {"message":"out of slots"}\n\n'], /out of slots/u],
    ["has what is no JSON", [chunk("Hi", [1]), "data: {oops\n\n"], /no stream of tokens/u],
    [
      "has an endless event",
      [chunk("Hi", [1]), `data: ${"x".repeat(33 * 1024 * 1024)}`],
      /no stream of tokens/u,
    ],
    ["says done without a reason", [chunk("Hi", [1]), DONE], /before the answer was complete/u],
  ])("if it %s, after the tokens before", async (_what, parts, words) => {
    server.answer = events(...parts);
    const tokens: Token[] = [];
    const run = async () => {
      for await (const token of await engine.generate(request())) tokens.push(token);
    };
    await expect(run()).rejects.toMatchObject({
      name: "EngineStoppedError",
      cause: { message: expect.stringMatching(words) as string },
    });
    expect(texts(tokens)).toEqual(parts.length === 0 ? [] : ["Hi"]);
    await expect.poll(() => freed).toBe(1);
  });

  it("fails when its connection is cut", async () => {
    server.answer = (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(chunk("Hi", [1]));
      setTimeout(() => response.destroy(), 20);
    };
    await expect(all()).rejects.toMatchObject({
      name: "EngineStoppedError",
      message: "The connection to the server that has the model broke.",
    });
    await expect.poll(() => freed).toBe(1);
  });

  it("ends with the engine", async () => {
    server.answer = (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(chunk("Hi", [1]));
    };
    const generation = await engine.generate(request());
    const reading = (async () => {
      for await (const token of generation) expect(token.text).toBe("Hi");
    })();
    setTimeout(() => void engine.close(), 20);
    await expect(reading).rejects.toMatchObject({ name: "EngineStoppedError" });
    await expect(all()).rejects.toMatchObject({ name: "EngineUnavailableError" });
  });
});

describe("a caller who leaves", () => {
  let gone: Promise<void>;
  beforeEach(() => {
    gone = new Promise((resolve) => {
      server.answer = (response) => {
        response.once("close", resolve);
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(chunk("Hi", [1]));
      };
    });
  });

  it("tells the server to stop, by `break`", async () => {
    for await (const token of await engine.generate(request())) {
      expect(token.text).toBe("Hi");
      break;
    }
    await gone;
    await expect.poll(() => freed).toBe(1);
  });

  it("tells it by the signal, even if nobody reads", async () => {
    const abort = new AbortController();
    await engine.generate(request({ signal: abort.signal }));
    abort.abort(new Error("left"));
    await gone;
    await expect.poll(() => freed).toBe(1);
  });

  it("gets the reason of the signal while reading", async () => {
    const abort = new AbortController();
    const generation = await engine.generate(request({ signal: abort.signal }));
    const reading = (async () => {
      for await (const token of generation) expect(token.text).toBe("Hi");
    })();
    setTimeout(() => abort.abort(new Error("left")), 20);
    await expect(reading).rejects.toThrow("left");
    await gone;
  });

  it("isn't asked for at all if the signal is aborted already", async () => {
    const signal = AbortSignal.abort(new Error("left before"));
    await expect(engine.generate(request({ signal }))).rejects.toThrow("left before");
    expect(server.asked).toEqual([]);
    expect(freed).toBe(1);
  });
});
