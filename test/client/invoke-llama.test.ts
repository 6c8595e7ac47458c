import { describe, expect, it } from "vitest";

import { invokeLlama, LlamaResponseError } from "../../src/client/index.js";
import { createScriptedEngine } from "../../src/engine/index.js";
import { serve } from "../../src/server/index.js";
import { frameServer } from "../support/frame-server.js";

describe("invokeLlama", () => {
  it("returns the whole answer, its counts, and the name of the stand-in", async () => {
    const engine = createScriptedEngine({
      script: { tokens: [" Hi", " there"], promptTokens: 5 },
      model: { name: "Größe % 1" },
    });
    await using server = await serve({ engine });
    expect(await invokeLlama({ on: server, prompt: "[INST] Hello [/INST]" })).toEqual({
      generation: " Hi there",
      promptTokenCount: 5,
      generationTokenCount: 3,
      stopReason: "stop",
      standIn: "Größe % 1",
    });
    const own = await invokeLlama({ on: new URL(server.url), prompt: "Hello", maxGenLen: 1 });
    expect(own).toMatchObject({ generation: " Hi", stopReason: "length" });
  });

  it("throws on a response that isn't that of a Llama model", async () => {
    await using server = await frameServer((stream) => {
      stream.respond({ ":status": 200, "content-type": "application/json" });
      stream.end('{"outputs":[{"text":"Hi"}]}');
    });
    const answer = invokeLlama({ on: server.url, prompt: "Hi" });
    await expect(answer).rejects.toBeInstanceOf(LlamaResponseError);
    await expect(answer).rejects.toThrow('{"outputs"');
  });

  it("throws the reason of an abort", async () => {
    await using server = await frameServer(() => undefined);
    const reason = new Error("enough");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 100);
    const answer = invokeLlama({ on: server.url, prompt: "Hi", signal: controller.signal });
    await expect(answer).rejects.toBe(reason);
    await expect(invokeLlama({ on: "local", prompt: "Hi", signal: controller.signal })).rejects.toBe(reason);
  });
});
