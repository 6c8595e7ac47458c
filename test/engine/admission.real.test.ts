import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { beforeEach, describe, expect, onTestFinished, test } from "vitest";

import {
  type AdmissionOptions,
  createLlamaCppEngine,
  createScriptedEngine,
  type Engine,
  EngineBusyError,
  EngineStoppedError,
  EngineUnavailableError,
  type GenerateRequest,
  type Generation,
  type LlamaCppEngineOptions,
  PromptTooLongError,
  withAdmission,
} from "../../src/engine/index.js";
import { needsEngine, tinyFiles } from "../support/engine.js";
import { emptyFolder } from "../support/folder.js";

// dist/ is what ships: the engine's child process has to be JavaScript

/** An engine without admission, and what makes all its running generations fail. */
interface Subject {
  readonly engine: Engine;
  readonly fail: () => void;
}

function scripted(sequences: number): Subject {
  const engine = createScriptedEngine({
    script: ({ prompt }) => ({
      tokens: Array<string>(1_000).fill("x"),
      ...(prompt === FAILS && { failAfter: 1 }),
    }),
    model: { sequences },
  });
  // the script fails it
  return { engine, fail: () => undefined };
}

function llamaCpp(sequences: number, files: LlamaCppEngineOptions["files"] = () => tinyFiles("llama-2")) {
  let pid: number | undefined;
  const engine = createLlamaCppEngine({
    files,
    sequences,
    contextSize: 2048,
    threads: 1,
    onEvent: (event) => {
      if (event.type === "ready") pid = event.pid;
    },
  });
  return { engine, fail: () => void process.kill(pid ?? NaN, "SIGKILL") };
}

const FAILS = "fails";
const REASON = new Error("changed my mind");

/** A request, and how often the engine said that its sequence is free. */
function request(more: Partial<GenerateRequest> = {}) {
  const freed = { times: 0, first: Promise.resolve() };
  let onFirst: () => void = () => undefined;
  freed.first = new Promise<void>((resolve) => (onFirst = resolve));
  const onFree = () => {
    freed.times += 1;
    onFirst();
    more.onFree?.();
  };
  return {
    freed,
    request: { prompt: "one two", maxTokens: 1_000, temperature: 0, topP: 1, ...more, onFree },
  };
}

async function read(generation: Generation, most = Infinity): Promise<number> {
  let tokens = 0;
  for await (const { stopReason } of generation) {
    tokens += 1;
    if (stopReason !== null || tokens === most) break;
  }
  return tokens;
}

/** The caller leaves, perhaps before it has read anything. */
async function leave(generation: Generation): Promise<void> {
  await generation[Symbol.asyncIterator]().return?.();
}

/** Whether it is still pending once everything that is due has happened. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const later = new Promise<string>((resolve) => setTimeout(resolve, 20, "later"));
  const settled = promise.then(
    () => "settled",
    () => "settled",
  );
  return (await Promise.race([settled, later])) === "later";
}

function closeAfterwards(engine: Engine): Engine {
  onTestFinished(() => engine.close());
  return engine;
}

describe.each([
  { name: "the scripted engine", create: scripted, needs: () => undefined },
  { name: "llama.cpp", create: llamaCpp, needs: needsEngine },
])("$name with admission", ({ create, needs }) => {
  beforeEach(needs);

  function setUp(sequences: number, options: AdmissionOptions = { waitMs: 60_000 }) {
    const { engine: bare, fail } = create(sequences);
    const engine = closeAfterwards(withAdmission(bare, options));
    /** A generation that nobody reads, so that it keeps its sequence. */
    const hold = () => engine.generate(request().request);
    /** Generates two tokens: there is a free sequence, or there will be. */
    const serve = async () => read(await engine.generate(request({ maxTokens: 2 }).request));
    return { bare, engine, fail, hold, serve };
  }

  test("runs as many as there are sequences; the others wait, first come, first served", async () => {
    const { engine, hold } = setUp(2);
    expect(engine.sequences).toBe(2);
    const held = await Promise.all([hold(), hold()]);
    const order: number[] = [];
    const waiting = [1, 2, 3].map(async (number) => {
      const generation = await engine.generate(request({ maxTokens: 2 }).request);
      order.push(number);
      return read(generation);
    });
    expect(await isPending(Promise.race(waiting))).toBe(true);
    for (const generation of held) await leave(generation);
    expect(await Promise.all(waiting)).toEqual([2, 2, 2]);
    expect(order).toEqual([1, 2, 3]);
  });

  test("refuses at once when the queue is full", async () => {
    const { engine, hold, serve } = setUp(1, { length: 1 });
    await engine.model();
    const held = await hold();
    const waiting = serve();
    const { request: over, freed } = request();
    await expect(engine.generate(over)).rejects.toEqual(
      new EngineBusyError("All sequences are busy and 1 requests wait already."),
    );
    expect(freed.times).toBe(1);
    await leave(held);
    expect(await waiting).toBe(2);
  });

  test("refuses after the wait, which counts from `since`", async () => {
    const { engine, hold, serve } = setUp(1, { waitMs: 20_000 });
    await engine.model();
    const held = await hold();
    const refused = (agoMs: number) => engine.generate(request({ since: Date.now() - agoMs }).request);
    await expect(refused(19_950)).rejects.toThrow(/^No sequence came free within 0\.0\d+ s\.$/u);
    await expect(refused(30_000)).rejects.toThrow(new EngineBusyError("No sequence came free within 0 s."));
    await leave(held);
    expect(await serve()).toBe(2);
  });

  test("an abort in the queue throws its reason, and the next one moves up", async () => {
    const { engine, hold, serve } = setUp(1);
    const held = await hold();
    const abort = new AbortController();
    const { request: gone, freed } = request({ signal: abort.signal });
    const waiting = engine.generate(gone);
    const next = serve();
    abort.abort(REASON);
    await expect(waiting).rejects.toBe(REASON);
    expect(freed.times).toBe(1);
    await leave(held);
    expect(await next).toBe(2);
  });

  const ends: readonly (readonly [
    string,
    (engine: Engine, begin: ReturnType<typeof request>["request"], fail: () => void) => Promise<void>,
  ])[] = [
    [
      "read to its end",
      async (engine, begin) => {
        expect(await read(await engine.generate({ ...begin, maxTokens: 3 }))).toBe(3);
      },
    ],
    [
      "left in the middle",
      async (engine, begin) => {
        expect(await read(await engine.generate(begin), 2)).toBe(2);
      },
    ],
    ["left before anything is read", async (engine, begin) => leave(await engine.generate(begin))],
    [
      "aborted while nobody reads",
      async (engine, begin) => {
        const abort = new AbortController();
        await engine.generate({ ...begin, signal: abort.signal });
        abort.abort(REASON);
      },
    ],
    [
      "aborted while it is read",
      async (engine, begin) => {
        const abort = new AbortController();
        const generation = await engine.generate({ ...begin, signal: abort.signal });
        const reading = (async () => {
          for await (const { stopReason } of generation) if (stopReason === null) abort.abort(REASON);
        })();
        await expect(reading).rejects.toBe(REASON);
      },
    ],
    [
      "aborted before it starts",
      (engine, begin) =>
        expect(engine.generate({ ...begin, signal: AbortSignal.abort(REASON) })).rejects.toBe(REASON),
    ],
    [
      "refused: its prompt is too long",
      (engine, begin) =>
        expect(engine.generate({ ...begin, contextLimit: 1 })).rejects.toThrow(PromptTooLongError),
    ],
    [
      "failed with the engine",
      async (engine, begin, fail) => {
        const generation = await engine.generate({ ...begin, prompt: FAILS });
        fail();
        await expect(read(generation)).rejects.toThrow(EngineStoppedError);
      },
    ],
  ];
  test.each(ends)("a generation %s gives its place back, once", async (_, end) => {
    const { engine, fail, serve } = setUp(1);
    await engine.model();
    const { request: begin, freed } = request();
    await end(engine, begin, fail);
    await freed.first;
    expect(await serve()).toBe(2);
    expect(freed.times).toBe(1);
  });

  test("the next request starts when the engine says that the sequence is free, not before", async () => {
    const { engine } = setUp(1);
    const events: string[] = [];
    const onFree = () => void events.push("free");
    const held = await engine.generate(request({ onFree }).request);
    const next = engine.generate(request().request).then(() => events.push("next"));
    await leave(held);
    await next;
    expect(events).toEqual(["free", "next"]);
  });

  test("an engine that's closed ends what runs and refuses what waits", async () => {
    const { engine, hold } = setUp(1);
    const held = await hold();
    const { request: begin, freed } = request();
    const waiting = engine.generate(begin);
    const closing = engine.close();
    await expect(waiting).rejects.toThrow(EngineUnavailableError);
    await expect(waiting).rejects.toThrow("The engine is closed.");
    await expect(read(held)).rejects.toThrow(EngineStoppedError);
    await expect(engine.generate(request().request)).rejects.toThrow(EngineUnavailableError);
    await closing;
    expect(freed.times).toBe(1);
  });

  test("two servers that share an engine share its queue", () => {
    const { bare, engine } = setUp(1);
    expect(withAdmission(bare)).toBe(engine);
    expect(withAdmission(engine, { length: 0 })).toBe(engine);
    expect(engine.capabilities).toBe(bare.capabilities);
  });
});

test("a caller that leaves in the middle of a prefill keeps its place until llama.cpp has stopped", async (context) => {
  needsEngine(context);
  const gate = join(await emptyFolder(), "open");
  const { modelFile, runtime } = await tinyFiles("llama-2");
  const addon = `${gate}.cjs`;
  // llama.cpp's addon, but no batch is decoded before the gate is open
  await writeFile(
    addon,
    `const { existsSync } = require("node:fs");
     const addon = require(${JSON.stringify(runtime.addon)});
     class AddonContext extends addon.AddonContext {
       async decodeBatch() {
         while (!existsSync(${JSON.stringify(gate)})) await new Promise((resolve) => setTimeout(resolve, 5));
         return super.decodeBatch();
       }
     }
     const loadBackends = () => addon.loadBackends(${JSON.stringify(dirname(runtime.addon))});
     module.exports = Object.create(addon, { AddonContext: { value: AddonContext }, loadBackends: { value: loadBackends } });`,
  );
  const files = () => Promise.resolve({ modelFile, runtime: { ...runtime, addon } });
  const engine = closeAfterwards(withAdmission(llamaCpp(1, files).engine, { waitMs: 60_000 }));
  const events: string[] = [];
  const abort = new AbortController();
  const { request: begin, freed } = request({
    prompt: "word ".repeat(1_000),
    signal: abort.signal,
    onFree: () => void events.push("free"),
  });
  const left = await engine.generate(begin);
  const next = engine.generate(request().request).then(() => events.push("next"));
  abort.abort(REASON);
  await expect(read(left)).rejects.toBe(REASON);
  events.push("left");
  // the process answers in order: it has read the abort by now, and can't act on it yet
  expect(await engine.countTokens("one")).toBeGreaterThan(0);
  expect(events).toEqual(["left"]);
  expect(existsSync(gate)).toBe(false);
  await writeFile(gate, "");
  await next;
  expect(events).toEqual(["left", "free", "next"]);
  expect(freed.times).toBe(1);
});

describe("llama.cpp with admission, while the model is loaded", () => {
  beforeEach(needsEngine);

  function setUp(options: AdmissionOptions) {
    let load: () => void = () => undefined;
    const loaded = new Promise<void>((resolve) => (load = resolve));
    const files = async (signal: AbortSignal) => {
      await Promise.race([loaded, once(signal, "abort")]);
      signal.throwIfAborted();
      return tinyFiles("llama-2");
    };
    const engine = closeAfterwards(withAdmission(llamaCpp(1, files).engine, options));
    const begin = () => {
      const { request: begun, freed } = request({ maxTokens: 2 });
      return { freed, generation: engine.generate(begun) };
    };
    return { engine, load, begin };
  }
  const LOADING = "The model is being loaded.";

  test("the queue is as long as ever, and a refusal says that the model is being loaded", async () => {
    const { load, begin } = setUp({ waitMs: 60_000, length: 1 });
    const [first, second, third] = [begin(), begin(), begin()];
    const refusal = await third.generation.catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(EngineUnavailableError);
    expect(refusal).toMatchObject({ message: LOADING, loading: true });
    expect(third.freed.times).toBe(1);
    load();
    expect(await read(await first.generation)).toBe(2);
    expect(await read(await second.generation)).toBe(2);
  });

  test("a request is refused once its time is over, in the queue or at its head", async () => {
    const { engine, begin } = setUp({ waitMs: 100 });
    const begun = [begin(), begin()];
    for (const end of await Promise.allSettled(begun.map(({ generation }) => generation))) {
      const reason = { name: "EngineUnavailableError", message: LOADING, loading: true };
      expect(end).toMatchObject({ status: "rejected", reason });
    }
    expect(begun.map(({ freed }) => freed.times)).toEqual([1, 1]);
    await expect(engine.countTokens("one")).rejects.toMatchObject({ message: LOADING, loading: true });
  });

  test("an abort gives the place to the next request", async () => {
    const { engine, load, begin } = setUp({ waitMs: 60_000 });
    const abort = new AbortController();
    const { request: gone, freed } = request({ signal: abort.signal });
    const waiting = engine.generate(gone);
    const next = begin();
    abort.abort(REASON);
    await expect(waiting).rejects.toBe(REASON);
    expect(freed.times).toBe(1);
    load();
    expect(await read(await next.generation)).toBe(2);
  });

  test("closing refuses all that wait", async () => {
    const { engine, begin } = setUp({ waitMs: 60_000 });
    const waiting = [begin(), begin()];
    const closing = engine.close();
    for (const end of await Promise.allSettled(waiting.map(({ generation }) => generation))) {
      const reason = { message: "The engine is closed.", loading: false };
      expect(end).toMatchObject({ status: "rejected", reason });
    }
    expect(waiting.map(({ freed }) => freed.times)).toEqual([1, 1]);
    await closing;
  });
});
