import { expect, onTestFinished, test, vi } from "vitest";

import { parseModelId } from "../../src/bedrock/index.js";
import { createScriptedEngine, type Engine, type EngineModel } from "../../src/engine/index.js";
import { SingleEngine, UpstreamEngine, UpstreamFleet } from "../../src/fleet/index.js";

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

/** A fleet for Llama 2, in front of one that has a model here. */
function fleetOf(one: Engine, ...more: readonly Engine[]) {
  const first = new UpstreamEngine("server-1", one);
  const named = [first, ...more.map((each, i) => new UpstreamEngine(`server-${i + 2}`, each))];
  const rest = new SingleEngine(engine({ name: "local" }), undefined);
  const fleet = new UpstreamFleet(new Map([[llama2.id, named]]), rest);
  onTestFinished(() => fleet.close());
  return { fleet, first };
}

const gone = (reason: string) =>
  Object.assign(engine(), {
    model: () => Promise.reject(new Error(reason)),
    health: () => ({ ready: false, reason }) as const,
  });

test("a model with a server is answered by it, and others as before", async () => {
  const { fleet, first } = fleetOf(engine({ name: "Llama-2-13B" }));
  const lease = await first.lease(llama2, Infinity, never);
  expect(lease).toMatchObject({ standIn: false });
  expect(lease).not.toHaveProperty("answersAs");
  expect(await lease.engine.model()).toMatchObject({ name: "Llama-2-13B" });
  const other = await fleet.lease(llama3, Infinity, never);
  expect(other.standIn).toBe(true);
  expect(await other.engine.model()).toMatchObject({ name: "local" });
  expect([await fleet.serves(llama2), await fleet.serves(llama3)]).toEqual([true, false]);
  // nobody who doesn't ask the upstreams gets another model in their place
  await expect(fleet.lease(llama2, Infinity, never)).rejects.toThrow("Upstreams answer for");
});

test("a server whose model isn't called a Llama is told to callers", async () => {
  const { first } = fleetOf(engine({ name: "qwen-7b" }));
  expect(await first.lease(llama2, Infinity, never)).toMatchObject({ standIn: false, answersAs: "qwen-7b" });
});

test("a server that is gone makes its model unavailable, doesn't keep the others from being ready, and has no stand-in", async () => {
  const { fleet, first } = fleetOf(gone("gone"));
  expect(await fleet.ready()).toMatchObject([{ name: "local" }]);
  expect(fleet.health()).toEqual({ ready: true });
  expect(fleet.unavailable()).toEqual([llama2.id]);
  expect(first.isDown).toBe(true);
  await expect(first.lease(llama2, Infinity, never)).rejects.toThrow("gone");
});

test("a model one of whose servers is there is available", async () => {
  const { fleet } = fleetOf(gone("gone"), engine());
  await fleet.ready();
  expect(fleet.health()).toEqual({ ready: true });
  expect(fleet.unavailable()).toEqual([]);
});

test("a fleet is ready as long as one of its servers answers, and doesn't say who they are", async () => {
  const nothing = new SingleEngine(gone("nothing here"), undefined);
  const servers = (...engines: readonly Engine[]) =>
    new UpstreamFleet(
      new Map(
        engines.map((each, i) => [[llama2.id, llama3.id][i] ?? "", [new UpstreamEngine(`host-${i}`, each)]]),
      ),
      nothing,
    );
  const one = servers(gone("host-0 is gone"), engine());
  const none = servers(gone("host-0 is gone"), gone("host-1 is gone"));
  onTestFinished(async () => {
    await Promise.all([one.close(), none.close()]);
  });
  await Promise.allSettled([one.ready(), none.ready()]);
  expect([one.health().ready, one.unavailable()]).toEqual([true, [llama2.id]]);
  expect(none.health()).toEqual({
    ready: false,
    reason: `No upstream answers for ${llama2.id}, ${llama3.id}.`,
  });
  expect(none.unavailable()).toEqual([llama2.id, llama3.id]);
});

test("a server isn't held to be down before it was asked", () => {
  const { first } = fleetOf(
    Object.assign(gone("slow"), { model: () => new Promise<never>(() => undefined) }),
  );
  expect(first.isDown).toBe(false);
});

test("a server that says nothing delays the start for seconds, once, and is down until it answers", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const silent = () => Object.assign(gone("silent"), { model: () => new Promise<never>(() => undefined) });
  const { fleet, first } = fleetOf(silent(), silent());
  const ready = fleet.ready();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(first.isDown).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await ready).toMatchObject([{ name: "local" }]);
  expect(first.isDown).toBe(true);
  expect(fleet.unavailable()).toEqual([llama2.id]);
  // no further wait
  expect(await fleet.ready()).toMatchObject([{ name: "local" }]);
});
