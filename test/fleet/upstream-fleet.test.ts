import { expect, onTestFinished, test } from "vitest";

import { parseModelId } from "../../src/bedrock/index.js";
import { createScriptedEngine, type EngineModel } from "../../src/engine/index.js";
import { SingleEngine, UpstreamFleet } from "../../src/fleet/index.js";

const model = (id: string) => {
  const parsed = parseModelId(id);
  if (!parsed) throw new Error(id);
  return parsed.model;
};
const llama2 = model("meta.llama2-13b-chat-v1");
const llama3 = model("meta.llama3-8b-instruct-v1:0");
const never = new AbortController().signal;

const engine = (properties: Partial<EngineModel> = {}) =>
  createScriptedEngine({ script: { tokens: ["x"] }, model: properties });

function fleetOf(upstream = engine({ name: "Llama-2-13B" })) {
  const rest = engine({ name: "local" });
  const fleet = new UpstreamFleet(new Map([[llama2.id, upstream]]), new SingleEngine(rest, undefined));
  onTestFinished(() => fleet.close());
  return { fleet, upstream, rest };
}

test("a model with a server is answered by it, and others as before", async () => {
  const { fleet } = fleetOf();
  const lease = await fleet.lease(llama2, Infinity, never);
  expect(lease).toMatchObject({ standIn: false });
  expect(lease).not.toHaveProperty("answersAs");
  expect(await lease.engine.model()).toMatchObject({ name: "Llama-2-13B" });
  const other = await fleet.lease(llama3, Infinity, never);
  expect(other.standIn).toBe(true);
  expect(await other.engine.model()).toMatchObject({ name: "local" });
  expect([await fleet.serves(llama2), await fleet.serves(llama3)]).toEqual([true, false]);
});

test("a server whose model isn't called a Llama is told to callers", async () => {
  const { fleet } = fleetOf(engine({ name: "qwen-7b" }));
  expect(await fleet.lease(llama2, Infinity, never)).toMatchObject({ standIn: false, answersAs: "qwen-7b" });
});

test("a server that is gone is unhealthy, doesn't keep the others from being ready, and has no stand-in", async () => {
  const { fleet, upstream } = fleetOf(
    Object.assign(engine(), {
      model: () => Promise.reject(new Error("gone")),
      health: () => ({ ready: false, reason: "gone" }) as const,
    }),
  );
  expect(await fleet.ready()).toMatchObject([{ name: "local" }]);
  expect(fleet.health()).toEqual({ ready: false, reason: "gone" });
  await expect(fleet.lease(llama2, Infinity, never)).rejects.toThrow("gone");
  await upstream.close();
});
