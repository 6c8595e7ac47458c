import { describe, expect, test } from "vitest";

import {
  createScriptedEngine,
  EngineBusyError,
  EngineStoppedError,
  EngineUnavailableError,
  type Generation,
  PromptTooLongError,
  type Token,
} from "../../../src/engine/index.js";

const request = { prompt: "one two three", maxTokens: 100, temperature: 0, topP: 1 };

async function play(generation: Generation): Promise<Token[]> {
  const tokens: Token[] = [];
  for await (const token of generation) tokens.push(token);
  return tokens;
}

describe("the scripted engine", () => {
  test("plays its tokens and an end-of-sequence token", async () => {
    await using engine = createScriptedEngine({ script: { tokens: ["a", { text: "b", id: 7 }] } });
    const generation = await engine.generate(request);
    expect(generation.promptTokens).toBe(3);
    expect(await play(generation)).toEqual([
      { id: undefined, text: "a", stopReason: null },
      { id: 7, text: "b", stopReason: null },
      { id: undefined, text: "", stopReason: "stop" },
    ]);
  });

  test("ends with length at maxTokens, at the context's end, and where the script says so", async () => {
    const tokens = ["a", "b", "c"];
    await using engine = createScriptedEngine({ script: { tokens } });
    const reasons = async (more: object) =>
      (await play(await engine.generate({ ...request, ...more }))).map((token) => token.stopReason);
    expect(await reasons({ maxTokens: 2 })).toEqual([null, "length"]);
    expect(await reasons({ contextLimit: 5 })).toEqual([null, "length"]);
    await using short = createScriptedEngine({ script: { tokens, stopReason: "length" } });
    expect((await play(await short.generate(request))).at(-1)?.stopReason).toBe("length");
  });

  test("refuses a prompt over the context", async () => {
    await using engine = createScriptedEngine({ script: { tokens: ["a"], promptTokens: 11 } });
    await expect(engine.generate({ ...request, contextLimit: 10 })).rejects.toEqual(
      new PromptTooLongError(11, 10),
    );
  });

  test("plays several scripts in turn", async () => {
    await using engine = createScriptedEngine({ script: [{ tokens: ["a"] }, { tokens: ["b"] }] });
    const texts = [];
    for (let i = 0; i < 3; i++) texts.push((await play(await engine.generate(request)))[0]?.text);
    expect(texts).toEqual(["a", "b", "a"]);
  });

  test("dies where the script says so, after the tokens before", async () => {
    await using engine = createScriptedEngine({ script: { tokens: ["a", "b"], failAfter: 1 } });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const token of await engine.generate(request)) seen.push(token.text);
    })();
    await expect(reading).rejects.toThrow(EngineStoppedError);
    expect(seen).toEqual(["a"]);
  });

  test("an abort throws its reason in the middle of a delay", async () => {
    await using engine = createScriptedEngine({ script: { tokens: ["a", { text: "b", delayMs: 60_000 }] } });
    const abort = new AbortController();
    const reason = new Error("enough");
    const reading = (async () => {
      for await (const token of await engine.generate({ ...request, signal: abort.signal })) {
        expect(token.text).toBe("a");
        setTimeout(() => abort.abort(reason), 5);
      }
    })();
    await expect(reading).rejects.toBe(reason);
  });

  test("refuses more generations than it has sequences", async () => {
    await using engine = createScriptedEngine({ script: { tokens: ["a"] }, model: { sequences: 1 } });
    const held = await engine.generate(request);
    await expect(engine.generate(request)).rejects.toThrow(EngineBusyError);
    await play(held);
    expect(await play(await engine.generate(request))).toHaveLength(2);
  });

  test("marks special tokens, whose text is empty", async () => {
    const special = "<|python_tag|>";
    await using engine = createScriptedEngine({ script: { tokens: [{ text: "", special }, "a"] } });
    const tokens = await play(await engine.generate(request));
    expect(tokens[0]).toEqual({ id: undefined, text: "", special, stopReason: null });
    expect(tokens[1]).toEqual({ id: undefined, text: "a", stopReason: null });
  });

  test("has the capabilities that its options name", async () => {
    await using engine = createScriptedEngine({
      script: { tokens: [] },
      model: { sequences: 7 },
      capabilities: { images: true },
    });
    expect(engine.sequences).toBe(7);
    expect(engine.capabilities).toEqual({
      images: true,
      exactCounts: true,
      tokenIds: false,
      verbatimPrompt: true,
    });
  });

  test("close ends running generations and refuses new ones", async () => {
    const engine = createScriptedEngine({ script: { tokens: [{ text: "a", delayMs: 60_000 }] } });
    const reading = play(await engine.generate(request));
    await engine.close();
    await expect(reading).rejects.toThrow(EngineStoppedError);
    await expect(engine.generate(request)).rejects.toThrow(EngineUnavailableError);
    expect(engine.health()).toEqual({ ready: false, reason: "The engine is closed." });
  });
});
