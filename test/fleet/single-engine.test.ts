import { describe, expect, it } from "vitest";

import { type LlamaModel, parseModelId } from "../../src/bedrock/index.js";
import { createScriptedEngine, withAdmission } from "../../src/engine/index.js";
import { SingleEngine } from "../../src/fleet/single-engine.js";

const request = { prompt: "Hi", maxTokens: 10, temperature: 0, topP: 1 };

function model(id: string): LlamaModel {
  const parsed = parseModelId(id);
  if (!parsed) throw new Error(`no model ${id}`);
  return parsed.model;
}

const A = model("meta.llama2-13b-chat-v1");
const B = model("meta.llama3-8b-instruct-v1:0");

describe("a fleet of one engine", () => {
  it("answers for the model whose weights it has, and stands in for all others", async () => {
    const engine = createScriptedEngine({ script: { tokens: [] }, model: { name: "mine" } });
    const fleet = new SingleEngine(engine, A);
    expect(await Promise.all([A, B].map((each) => fleet.serves(each)))).toEqual([true, false]);
    const leases = await Promise.all([A, B].map((each) => fleet.lease(each)));
    expect(leases.map(({ standIn }) => standIn)).toEqual([false, true]);
    expect(fleet.loaded()).toEqual(["mine"]);
  });

  it("says what its engine can do", () => {
    const capabilities = { images: true, exactCounts: false, tokenIds: false, verbatimPrompt: false };
    const fleet = new SingleEngine(createScriptedEngine({ script: { tokens: [] }, capabilities }), A);
    expect(fleet.capabilities()).toEqual(capabilities);
  });

  it("puts a queue in front of its engine, the one that its owner chose if there is one", async () => {
    const scripted = createScriptedEngine({ script: { tokens: ["a"] }, model: { sequences: 1 } });
    const { engine } = await new SingleEngine(scripted, A).lease(A);
    const first = await engine.generate(request);
    const second = engine.generate(request);
    for await (const token of first) expect(token.text).toMatch(/^a?$/u);
    expect((await second).promptTokens).toBe(1);
    const own = withAdmission(createScriptedEngine({ script: { tokens: [] } }), { length: 0 });
    expect((await new SingleEngine(own, A).lease(A)).engine).toBe(own);
  });

  it("leaves its engine to its owner", async () => {
    const engine = createScriptedEngine({ script: { tokens: [] } });
    await new SingleEngine(engine, A).close();
    expect(engine.health()).toEqual({ ready: true });
  });
});
