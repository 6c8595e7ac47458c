import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { type LlamaModel, llamaModels } from "../../src/bedrock/index.js";
import { createScriptedEngine, EngineBusyError, EngineUnavailableError } from "../../src/engine/index.js";
import { EnginePool, type EnginePoolOptions } from "../../src/fleet/engine-pool.js";
import type { CacheLayout } from "../../src/models/index.js";
import type { PoolWeights } from "../../src/fleet/pool-slot.js";

const CAPABILITIES = { images: false, exactCounts: true, tokenIds: true, verbatimPrompt: true };
const REQUEST = { prompt: "Hi", maxTokens: 10, temperature: 0, topP: 1 };
const never = () => new Promise<PoolWeights>(() => undefined);
const STAND_IN = weights("stand-in", 1);

function layoutOf(sequences: number): CacheLayout {
  return { sequences, halfSequences: 0, kvCacheType: "f16" };
}

/** Weights whose memory is one unit a sequence, beside their own. */
function weights(key: string, bytes: number): PoolWeights {
  const memoryBytes = ({ sequences }: CacheLayout) => bytes + sequences;
  return { key, name: key, contextSize: 8, headSize: 64, memoryBytes };
}

function model(id: string): LlamaModel {
  const found = llamaModels.find((each) => each.id === id);
  if (!found) throw new Error(`no model ${id}`);
  return found;
}

const A = model("meta.llama2-13b-chat-v1");
const B = model("meta.llama3-8b-instruct-v1:0");
const C = model("meta.llama3-70b-instruct-v1:0");

/** A pool over engines that tell when they were started and closed. */
function pool(options: Partial<EnginePoolOptions> & { readonly here?: Readonly<Record<string, number>> }) {
  const { here = { [A.id]: 5, [B.id]: 5, [C.id]: 5 }, ...others } = options;
  const events: string[] = [];
  const engines = new EnginePool({
    find: ({ id }) => Promise.resolve(id in here ? weights(id, here[id] ?? 0) : undefined),
    standIn: () => Promise.resolve(STAND_IN),
    start: ({ key }, { sequences }) => {
      events.push(`start ${key} ${sequences}`);
      const engine = createScriptedEngine({ script: { tokens: [] }, model: { name: key, sequences } });
      const close = async () => {
        await sleep(5);
        events.push(`close ${key}`);
        await engine.close();
      };
      return {
        capabilities: engine.capabilities,
        sequences: engine.sequences,
        model: () => engine.model(),
        health: () => engine.health(),
        generate: (request) => engine.generate(request),
        countTokens: (...args) => engine.countTokens(...args),
        close,
        [Symbol.asyncDispose]: close,
      };
    },
    capabilities: CAPABILITIES,
    budgetBytes: 14,
    layouts: () => [2, 1].map(layoutOf),
    preload: [],
    ...others,
  });
  const lease = (each: LlamaModel, waitMs = 1_000, signal = new AbortController().signal) =>
    engines.lease(each, Date.now() + waitMs, signal);
  return { engines, events, lease };
}

describe("a pool of engines", () => {
  it("starts an engine when it's first needed, and keeps it", async () => {
    const { engines, events, lease } = pool({});
    expect(await engines.ready()).toEqual([]);
    expect(events).toEqual([]);
    for (let i = 0; i < 3; i += 1) {
      const { standIn, release } = await lease(A);
      expect(standIn).toBe(false);
      release();
    }
    expect(events).toEqual([`start ${A.id} 2`]);
    expect(engines.loaded()).toEqual([A.id]);
  });

  it("answers with the stand-in where weights aren't here", async () => {
    const { engines, events, lease } = pool({ here: {} });
    const [first, second] = [await lease(A), await lease(B)];
    expect([first.standIn, second.standIn]).toEqual([true, true]);
    expect(second.engine).toBe(first.engine);
    expect(events).toEqual(["start stand-in 2"]);
    expect(await engines.serves(A)).toBe(false);
  });

  it("waits for a stand-in that is being fetched, which is asked for once", async () => {
    let asked = 0;
    let arrive: (found: PoolWeights) => void = () => undefined;
    const standIn = () => {
      asked += 1;
      return new Promise<PoolWeights>((resolve) => (arrive = resolve));
    };
    const { engines, events, lease } = pool({ here: { [B.id]: 5 }, standIn, preload: "stand-in" });
    expect(engines.health()).toEqual({
      ready: false,
      reason: expect.stringContaining("downloaded") as string,
    });
    const late: unknown = await lease(A, 20).catch((error: unknown) => error);
    expect(late).toBeInstanceOf(EngineUnavailableError);
    expect((late as EngineUnavailableError).loading).toBe(true);
    // weights that are here don't wait
    expect((await lease(B)).standIn).toBe(false);
    const waiting = lease(A);
    arrive(STAND_IN);
    expect((await waiting).standIn).toBe(true);
    expect((await engines.ready()).map(({ name }) => name)).toEqual(["stand-in"]);
    expect(asked).toBe(1);
    expect(events).toEqual([`start ${B.id} 2`, "start stand-in 2"]);
    expect(engines.health()).toEqual({ ready: true });
  });

  it("says why a stand-in can't be had, and asks again at the next request", async () => {
    const answers = [() => Promise.reject(new Error("no network")), () => Promise.resolve(STAND_IN)];
    const { engines, lease } = pool({ here: {}, standIn: () => (answers.shift() ?? never)() });
    await expect(lease(A)).rejects.toThrow("no network");
    expect(engines.health()).toEqual({ ready: false, reason: "no network" });
    expect((await lease(A)).standIn).toBe(true);
    expect(engines.health()).toEqual({ ready: true });
  });

  it("stops fetching its stand-in when it's closed", async () => {
    let ended = false;
    const standIn = (signal: AbortSignal) =>
      new Promise<PoolWeights>((_, reject) => {
        const end = () => {
          ended = true;
          reject(signal.reason as Error);
        };
        signal.addEventListener("abort", () => setTimeout(end, 5));
      });
    const { engines } = pool({ standIn, preload: "stand-in" });
    await engines.close();
    expect(ended).toBe(true);
    await expect(engines.ready()).rejects.toThrow(EngineUnavailableError);
  });

  it("loads at the start what is asked for", async () => {
    const { engines, events } = pool({ preload: [B, A, B] });
    expect((await engines.ready()).map(({ name }) => name)).toEqual([B.id, A.id]);
    expect(events).toEqual([`start ${B.id} 2`, `start ${A.id} 2`]);
    const standIn = pool({ preload: "stand-in" });
    expect((await standIn.engines.ready()).map(({ name }) => name)).toEqual(["stand-in"]);
  });

  it("closes the least recently used engine, and starts another only once it's gone", async () => {
    const { events, lease } = pool({});
    (await lease(A)).release();
    (await lease(B)).release();
    (await lease(A)).release();
    (await lease(C)).release();
    expect(events).toEqual([`start ${A.id} 2`, `start ${B.id} 2`, `close ${B.id}`, `start ${C.id} 2`]);
  });

  it("closes an idle engine at once, and waits for a busy one", async () => {
    const { events, lease } = pool({});
    const busy = await lease(A);
    (await lease(B)).release();
    const third = await lease(C);
    expect(events.slice(2)).toEqual([`close ${B.id}`, `start ${C.id} 2`]);
    const fourth = lease(B);
    await sleep(20);
    expect(events).toHaveLength(4);
    busy.release();
    (await fourth).release();
    third.release();
    expect(events.slice(4)).toEqual([`close ${A.id}`, `start ${B.id} 2`]);
  });

  it("gives no new request an engine that is to be closed, so that it becomes idle", async () => {
    const { events, lease } = pool({ budgetBytes: 7 });
    const busy = await lease(A);
    const other = lease(B);
    await sleep(5);
    const again = lease(A);
    busy.release();
    (await other).release();
    (await again).release();
    expect(events).toEqual([
      `start ${A.id} 2`,
      `close ${A.id}`,
      `start ${B.id} 2`,
      `close ${B.id}`,
      `start ${A.id} 2`,
    ]);
  });

  it("refuses at the deadline if the memory is in use, and the pool works on", async () => {
    const { events, lease } = pool({ budgetBytes: 7 });
    const busy = await lease(A);
    await expect(lease(B, 30)).rejects.toThrow(EngineBusyError);
    const same = await lease(A);
    expect(same.engine).toBe(busy.engine);
    same.release();
    busy.release();
    (await lease(B)).release();
    expect(events).toEqual([`start ${A.id} 2`, `close ${A.id}`, `start ${B.id} 2`]);
  });

  it("an abort gives its turn to the next request", async () => {
    const { lease } = pool({ budgetBytes: 7 });
    const busy = await lease(A);
    const controller = new AbortController();
    const reason = new Error("changed my mind");
    const gone = lease(B, 1_000, controller.signal);
    const next = lease(C);
    controller.abort(reason);
    await expect(gone).rejects.toBe(reason);
    busy.release();
    (await next).release();
  });

  it("runs fewer generations at once where memory is short", async () => {
    const { events, lease } = pool({ budgetBytes: 6 });
    (await lease(A)).release();
    expect(events).toEqual([`start ${A.id} 1`]);
  });

  it("puts a queue in front of each engine", async () => {
    const { lease } = pool({ budgetBytes: 6 });
    const { engine } = await lease(A);
    expect(engine.sequences).toBe(1);
    const first = await engine.generate(REQUEST);
    const second = engine.generate(REQUEST);
    for await (const token of first) expect(token.stopReason).toBe("stop");
    expect((await second).promptTokens).toBe(1);
  });

  it("says what its engines can do before any of them runs", () => {
    const { engines, events } = pool({});
    expect(engines.capabilities()).toEqual(CAPABILITIES);
    expect(events).toEqual([]);
  });

  it("says what would help if the memory can never suffice", async () => {
    const { events, lease } = pool({ budgetBytes: 5 });
    const refused = lease(A);
    await expect(refused).rejects.toThrow(EngineUnavailableError);
    await expect(refused).rejects.toThrow(/needs 6 bytes of memory.*5 bytes.*--memory-budget/u);
    expect(events).toEqual([]);
  });

  it("keeps within the budget, in whatever order requests come", async () => {
    const { events, lease } = pool({});
    const models = [A, B, C];
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        await sleep(i % 7);
        const { release } = await lease(models[i % 3] ?? A, 20_000);
        await sleep((i * 5) % 11);
        release();
      }),
    );
    let running = 0;
    for (const event of events) {
      running += event.startsWith("start") ? 1 : -1;
      expect(running).toBeLessThanOrEqual(2);
    }
    expect(running).toBeGreaterThan(0);
  });

  it("closes all engines, and takes no more requests", async () => {
    const { engines, events, lease } = pool({});
    (await lease(A)).release();
    await engines.close();
    expect(events.at(-1)).toBe(`close ${A.id}`);
    await expect(lease(B)).rejects.toThrow(EngineUnavailableError);
    expect(engines.health()).toMatchObject({ ready: false });
  });
});
