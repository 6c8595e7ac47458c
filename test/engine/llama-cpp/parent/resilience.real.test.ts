import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import {
  createLlamaCppEngine,
  type Engine,
  EngineBusyError,
  EngineStoppedError,
  EngineTimeoutError,
  EngineUnavailableError,
  type GenerateRequest,
  type LlamaCppEngineOptions,
  type LlamaCppEvent,
  withAdmission,
} from "../../../../src/engine/index.js";
import { needsEngine, tinyFiles } from "../../../support/engine.js";
import { emptyFolder } from "../../../support/folder.js";
import { KILLED, needsPosix } from "../../../support/platform.js";

const SEQUENCES = 3;

const NO_SIGNALS =
  "Windows can only kill a process: it has no signals that stop one or end it as a crash does";

const request = (more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompt: "Write a long story.",
  maxTokens: 1_000,
  temperature: 0,
  topP: 1,
  ...more,
});

let engine: Engine | undefined;

beforeEach(needsEngine);

afterEach(async () => {
  await engine?.close();
  engine = undefined;
});

/** An engine on a tiny model with a queue in front of it, and what it told of itself. */
function setUp(options: Partial<LlamaCppEngineOptions> = {}, waitMs = 60_000) {
  const events: LlamaCppEvent[] = [];
  const waiting = new Set<() => void>();
  const local = createLlamaCppEngine({
    files: () => tinyFiles("llama-2"),
    sequences: SEQUENCES,
    contextSize: 1024,
    threads: 1,
    ...options,
    onEvent: (event) => {
      events.push(event);
      for (const wake of waiting) wake();
      options.onEvent?.(event);
    },
  });
  const running = withAdmission(local, { waitMs });
  engine = running;
  const pid = () => events.findLast((event) => event.type === "ready")?.pid ?? NaN;
  const stops = () => events.filter((event) => event.type === "stopped");
  const untilStops = async (count: number) => {
    while (stops().length < count) await new Promise<void>((resolve) => waiting.add(resolve));
  };
  /** Reads a generation to its end, calling `onToken` with the number of each token. */
  const read = async (more?: Partial<GenerateRequest>, onToken?: (n: number) => void) => {
    let tokens = 0;
    for await (const token of await running.generate(request(more))) {
      tokens += 1;
      onToken?.(tokens);
      if (token.stopReason) return tokens;
    }
    return tokens;
  };
  return { engine: running, pid, stops, untilStops, read };
}

describe("a process that ends", () => {
  test.for([
    ["killed, perhaps because memory ran out", "SIGKILL", new RegExp(`${KILLED}.*memory ran out`, "u")],
    ["aborted, as by a native assertion", "SIGABRT", /SIGABRT/u],
    ["crashed", "SIGSEGV", /SIGSEGV/u],
  ] as const)(
    "%s: all its streams end with the reason, the next request is served",
    async ([, signal, how], context) => {
      if (signal !== "SIGKILL") needsPosix(context, NO_SIGNALS);
      const { engine, pid, read, stops } = setUp();
      await engine.model();
      const before = pid();
      let begun = 0;
      const streams = Array.from({ length: SEQUENCES }, () =>
        read({}, (n) => {
          if (n === 1 && ++begun === SEQUENCES) process.kill(before, signal);
        }),
      );
      const ends = await Promise.allSettled(streams);
      for (const end of ends) {
        expect(end).toMatchObject({ status: "rejected", reason: expect.any(EngineStoppedError) as unknown });
        expect(String((end as PromiseRejectedResult).reason)).toMatch(how);
      }
      expect(await read({ maxTokens: 3 })).toBe(3);
      expect(pid()).not.toBe(before);
      expect(stops()).toMatchObject([{ restartMs: 0 }]);
      expect(engine.health()).toEqual({ ready: true });
    },
  );

  test("requests that waited for a sequence are served by the next process", async () => {
    const { engine, pid, read } = setUp({ sequences: 1 });
    await engine.model();
    const before = pid();
    const first = read({}, (n) => {
      if (n === 1) process.kill(before, "SIGKILL");
    });
    const waiting = [read({ maxTokens: 2 }), read({ maxTokens: 3 })];
    await expect(first).rejects.toThrow(EngineStoppedError);
    expect(await Promise.all(waiting)).toEqual([2, 3]);
  });

  test("a crash loop is slowed down and reported, and requests that can't be served in time are refused at once", async () => {
    const onEvent = (event: LlamaCppEvent) => {
      if (event.type === "ready") process.kill(event.pid ?? NaN, "SIGKILL");
    };
    const { engine, stops, untilStops } = setUp({ onEvent }, 100);
    await untilStops(2);
    expect(engine.health()).toMatchObject({
      ready: false,
      reason: expect.stringMatching(/crash 2 in a row, so the next start is delayed by 1 s/u) as unknown,
    });
    await expect(engine.generate(request())).rejects.toThrow(/crash 2 in a row/u);
    await expect(engine.generate(request())).rejects.toThrow(EngineUnavailableError);
    await untilStops(3);
    expect(stops().map(({ restartMs }) => restartMs)).toEqual([0, 1_000, 2_000]);
  });
});

describe("a process that dies while it loads its model for the first time", () => {
  /** llama.cpp's addon, but the first `deaths` processes that load it die. */
  async function deadly(deaths: number) {
    const { runtime, modelFile } = await tinyFiles("llama-2");
    const addon = join(await emptyFolder(), "deadly.cjs");
    await writeFile(
      addon,
      `const { appendFileSync, readFileSync } = require("node:fs");
       appendFileSync(${JSON.stringify(`${addon}.loads`)}, "x");
       if (readFileSync(${JSON.stringify(`${addon}.loads`)}).length <= ${deaths}) process.kill(process.pid, "SIGKILL");
       const addon = require(${JSON.stringify(runtime.addon)});
       const loadBackends = () => addon.loadBackends(${JSON.stringify(dirname(runtime.addon))});
       module.exports = Object.create(addon, { loadBackends: { value: loadBackends } });`,
    );
    return { modelFile, runtime: { ...runtime, addon } };
  }

  test("is started again: memory may have been short", async () => {
    const files = await deadly(1);
    const { stops, untilStops, read } = setUp({ files: () => Promise.resolve(files) });
    await untilStops(1);
    expect(await read({ maxTokens: 3 })).toBe(3);
    expect(stops()).toMatchObject([{ restartMs: 0 }]);
  });

  test("it's given up after three attempts", async () => {
    const files = await deadly(Infinity);
    const { engine, stops, untilStops } = setUp({ files: () => Promise.resolve(files) });
    await untilStops(3);
    expect(stops().map(({ restartMs }) => restartMs)).toEqual([0, 1_000, undefined]);
    await expect(engine.model()).rejects.toMatchObject({ name: "EngineUnavailableError", loading: false });
  });
});

describe("a process that hangs", () => {
  const limits = { frozenMs: 3_000 };

  test("its streams end with an error, and the next request is served by another process", async (context) => {
    needsPosix(context, NO_SIGNALS);
    const { engine, pid, read, stops } = setUp({ limits });
    await engine.model();
    const before = pid();
    const streams = Array.from({ length: SEQUENCES }, () =>
      read({}, (n) => {
        if (n === 3) process.kill(before, "SIGSTOP");
      }),
    );
    for (const end of await Promise.allSettled(streams)) {
      expect(String((end as PromiseRejectedResult).reason)).toBe(
        "EngineStoppedError: The engine process hung. It didn't respond for 3 s, so it was killed.",
      );
    }
    expect(await read({ maxTokens: 3 })).toBe(3);
    expect(pid()).not.toBe(before);
    expect(stops()).toHaveLength(1);
    // gone, not only stopped
    expect(() => process.kill(before, 0)).toThrow("ESRCH");
  });

  test("an idle process that hangs is detected too", async (context) => {
    needsPosix(context, NO_SIGNALS);
    const { engine, pid, untilStops, read } = setUp({ limits });
    await engine.model();
    process.kill(pid(), "SIGSTOP");
    await untilStops(1);
    expect(await read({ maxTokens: 3 })).toBe(3);
  });
});

test("a process that grew is replaced while idle, which doesn't count as a crash", async () => {
  // whatever it holds is too much
  const { engine, pid, read, stops, untilStops } = setUp({ limits: { growthBytes: -Infinity } });
  await engine.model();
  const before = pid();
  expect(await read({ maxTokens: 3 })).toBe(3);
  await untilStops(1);
  expect(stops()[0]).toMatchObject({
    reason: expect.stringMatching(/^The engine process uses \d+ MB.* It was ended while idle\.$/u) as unknown,
    restartMs: 0,
  });
  expect(await read({ maxTokens: 3 })).toBe(3);
  expect(pid()).not.toBe(before);
  await untilStops(2);
  expect(stops()[1]).toMatchObject({ restartMs: 0 });
});

test("a generation that takes too long is ended, and its sequence freed", async () => {
  const { engine } = setUp({ sequences: 1, limits: { generationMs: 2_000 } });
  await engine.model();
  const reading = async () => {
    for await (const { stopReason } of await engine.generate(request({ maxTokens: 900 }))) {
      expect(stopReason).toBeNull();
      // slower than any limit, as a machine may be
      await sleep(50);
    }
  };
  await expect(reading()).rejects.toThrow(EngineTimeoutError);
  const next = await engine.generate(request());
  expect(next.promptTokens).toBeGreaterThan(0);
});

test("a prompt that would take longer than callers wait is refused once the machine's speed is known", async () => {
  const { read } = setUp({ firstTokenMs: 0 });
  const long = (word: string) => ({ prompt: `${word} `.repeat(400), maxTokens: 2 });
  // not known yet
  expect(await read(long("one"))).toBe(2);
  await expect(read(long("two"))).rejects.toThrow(EngineBusyError);
  await expect(read(long("two"))).rejects.toThrow(
    /the prompt has 4\d\d tokens, this machine evaluates \d+(\.\d)? a second/u,
  );
  // a patient request is never refused for a long prompt
  expect(await read({ ...long("two"), patient: true })).toBe(2);
});

test("reports the memory it uses, and frees it when closed while loading", async () => {
  const { engine } = setUp();
  expect(engine.memory?.()).toBeUndefined();
  await engine.model();
  const memory = engine.memory?.();
  expect(memory?.residentBytes).toBeGreaterThan(10e6);
  await engine.close();
  expect(engine.memory?.()).toBeUndefined();

  const own = createLlamaCppEngine({ files: () => tinyFiles("llama-3"), threads: 1 });
  while (!process.getActiveResourcesInfo().includes("ProcessWrap")) await sleep(5);
  await own.close();
  // the handle goes with the event loop's next turn
  await sleep(10);
  expect(process.getActiveResourcesInfo()).not.toContain("ProcessWrap");
});
