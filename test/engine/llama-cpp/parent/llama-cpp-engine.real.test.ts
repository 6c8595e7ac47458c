import { copyFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import {
  createLlamaCppEngine,
  type Engine,
  EngineBusyError,
  EngineStoppedError,
  EngineUnavailableError,
  type GenerateRequest,
  type LlamaCppEvent,
  PromptTooLongError,
  withAdmission,
} from "../../../../src/engine/index.js";
import { engineIsHere, needsEngine, tinyFiles } from "../../../support/engine.js";
import { emptyFolder } from "../../../support/folder.js";
import { KILLED } from "../../../support/platform.js";
import { plainEnv, start } from "../../../support/run-cli.js";

const SEQUENCES = 2;
const CONTEXT_SIZE = 2048;
const files = () => tinyFiles("llama-2");

const request = (prompt: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompt,
  maxTokens: 24,
  temperature: 0,
  topP: 1,
  ...more,
});

beforeEach(needsEngine);

describe("llama.cpp with a model that goes on until it's stopped", () => {
  const events: LlamaCppEvent[] = [];
  let local: Engine;
  let engine: Engine;

  async function ask(prompt: string, more: Partial<GenerateRequest> = {}) {
    const generation = await engine.generate(request(prompt, more));
    let answer = "";
    let tokens = 0;
    let stopReason;
    for await (const token of generation) {
      answer += token.text;
      tokens += 1;
      ({ stopReason } = token);
    }
    return { answer, tokens, stopReason, promptTokens: generation.promptTokens };
  }

  const pid = () => events.findLast((event) => event.type === "ready")?.pid ?? NaN;

  beforeAll(() => {
    if (!engineIsHere()) return;
    local = createLlamaCppEngine({
      files,
      sequences: SEQUENCES,
      contextSize: CONTEXT_SIZE,
      threads: 1,
      onEvent: (event) => events.push(event),
    });
    engine = withAdmission(local);
  });

  afterAll(async () => {
    if (engineIsHere()) await engine.close();
  });

  test("reports its model", async () => {
    const model = await engine.model();
    expect(model).toEqual({
      name: "tiny-llama-2",
      contextSize: CONTEXT_SIZE,
      sequences: SEQUENCES,
      halfSequences: 0,
      kvCacheType: "f16",
      chatTemplate: undefined,
      bosToken: "<s>",
      eosToken: "</s>",
    });
    expect(engine.health()).toEqual({ ready: true });
  });

  test("ends with length at maxTokens and at the context limit", async () => {
    expect(await ask("Count to one hundred.", { maxTokens: 5 })).toMatchObject({
      tokens: 5,
      stopReason: "length",
    });
    const { promptTokens } = await ask("Count to one hundred.", { maxTokens: 1 });
    const limited = await ask("Count to one hundred.", { contextLimit: promptTokens + 3 });
    expect(limited).toMatchObject({ tokens: 3, stopReason: "length" });
  });

  test("refuses a prompt over the context, with both numbers", async () => {
    const long = "word ".repeat(CONTEXT_SIZE);
    await expect(ask(long)).rejects.toThrow(PromptTooLongError);
    await expect(ask("What is the capital of France?", { contextLimit: 4 })).rejects.toThrow(
      "The prompt is 8 tokens long, but the context holds 4.",
    );
  });

  test("the same seed gives the same tokens, another seed others", async () => {
    const sampled = { temperature: 1, topP: 1, maxTokens: 20 };
    const [a, b, c] = [
      await ask("Tell me a story.", { ...sampled, seed: 1 }),
      await ask("Tell me a story.", { ...sampled, seed: 1 }),
      await ask("Tell me a story.", { ...sampled, seed: 2 }),
    ];
    expect(a.answer).toBe(b.answer);
    expect(a.answer).not.toBe(c.answer);
  });

  test("without admission, more generations than sequences are refused at once", async () => {
    const begun = Array.from({ length: SEQUENCES }, () => {
      let onFree: () => void = () => undefined;
      const free = new Promise<void>((resolve) => (onFree = resolve));
      // nobody reads these, so they hold their sequences
      return { free, generation: local.generate(request("Hold", { maxTokens: 1000, onFree })) };
    });
    const held = await Promise.all(begun.map(({ generation }) => generation));
    const refusal = new EngineBusyError("All sequences are busy.");
    await expect(local.generate(request("One too many"))).rejects.toEqual(refusal);
    for (const generation of held) await generation[Symbol.asyncIterator]().return?.();
    await Promise.all(begun.map(({ free }) => free));
  });

  test("an abort ends the generation and frees its sequence", async () => {
    const abort = new AbortController();
    const reason = new Error("enough");
    const reading = (async () => {
      const generation = await engine.generate(
        request("Write a long story.", { maxTokens: 2000, signal: abort.signal }),
      );
      let seen = 0;
      for await (const token of generation) {
        expect(token.stopReason).toBeNull();
        if (++seen === 3) abort.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    // all sequences are free again
    const answers = await Promise.all(
      Array.from({ length: SEQUENCES }, () => ask("Say yes.", { maxTokens: 3 })),
    );
    expect(answers).toHaveLength(SEQUENCES);
  });

  test("a killed process ends its streams with an error, and the next request is served", async () => {
    const before = pid();
    const reading = (async () => {
      let seen = 0;
      for await (const token of await engine.generate(request("Write a long story.", { maxTokens: 2000 }))) {
        expect(token.stopReason).toBeNull();
        if (++seen === 3) process.kill(before, "SIGKILL");
      }
    })();
    await expect(reading).rejects.toThrow(EngineStoppedError);
    await expect(reading).rejects.toThrow(new RegExp(`${KILLED}.*memory ran out`, "u"));
    expect((await ask("Say yes.", { maxTokens: 3 })).tokens).toBeGreaterThan(0);
    expect(pid()).not.toBe(before);
    expect(events).toContainEqual(expect.objectContaining({ type: "stopped", restartMs: 0 }));
  });

  test("close frees the process and refuses what comes after", async () => {
    const own = createLlamaCppEngine({ files, sequences: 1, contextSize: 256, threads: 1 });
    await own.model();
    await own.close();
    await own.close();
    await expect(own.generate(request("x"))).rejects.toThrow(EngineUnavailableError);
  });

  test("closing while it loads", async () => {
    const own = createLlamaCppEngine({ files, sequences: 1, contextSize: 256, threads: 1 });
    await own.close();
    await expect(own.model()).rejects.toThrow("The engine is closed.");
  });
});

test("a program that closes the engine right after an answer goes on", async () => {
  const script = join(await emptyFolder(), "close.mjs");
  await writeFile(
    script,
    `import { createLlamaCppEngine } from "${new URL("../../../../build/engine/index.js", import.meta.url).href}";
     const files = () => Promise.resolve(${JSON.stringify(await files())});
     const engine = createLlamaCppEngine({ files, sequences: 1, contextSize: 256, threads: 1 });
     const request = ${JSON.stringify(request("x", { maxTokens: 2 }))};
     for await (const token of await engine.generate(request)) console.log(token.stopReason);
     // meanwhile the process says that the sequence is free, which is read only after close() was called
     Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
     await engine.close();
     console.log("closed");`,
  );
  const program = start(process.execPath, [script], { env: plainEnv() });
  expect(await program.ended).toBe(0);
  expect(program.stdout).toBe("null\nlength\nclosed\n");
});

test("special tokens have their written form and no text", async () => {
  await using engine = createLlamaCppEngine({
    files: () => tinyFiles("llama-3"),
    sequences: 1,
    contextSize: 4096,
    threads: 1,
  });
  const special = new Set<string>();
  // so hot that each of the 128,256 tokens is as likely as any other, 256 special ones among them
  const hot = { temperature: 1e9, maxTokens: 4_000 };
  for (let seed = 1; special.size < 3 && seed <= 50; seed += 1) {
    for await (const token of await engine.generate(request("Hi", { ...hot, seed }))) {
      if (token.stopReason === "stop") expect(token.special).toBeDefined();
      if (token.special === undefined) {
        expect(token.id).toBeLessThan(128_000);
        continue;
      }
      expect(token.id).toBeGreaterThanOrEqual(128_000);
      expect(token.special).toMatch(/^<\|\w+\|>$/u);
      expect(token.text).toBe("");
      special.add(token.special);
      if (special.size === 3) break;
    }
  }
  expect(special.size).toBe(3);
});

test("without admission, a caller can use the only sequence again as soon as an answer is over", async () => {
  await using engine = createLlamaCppEngine({ files, sequences: 1, contextSize: 256, threads: 1 });
  for (let i = 0; i < 20; i += 1) {
    const stopReasons = [];
    for await (const { stopReason } of await engine.generate(request("x", { maxTokens: 2 }))) {
      stopReasons.push(stopReason);
    }
    expect(stopReasons).toEqual([null, "length"]);
  }
});

test("loading without progress is given up, and its process ended", async () => {
  await using engine = createLlamaCppEngine({ files, limits: { loadStallMs: 1 } });
  await expect(engine.model()).rejects.toThrow("made no progress for 0.001 s");
});

test("a truncated model fails with llama.cpp's reason", async () => {
  const folder = await emptyFolder();
  const { modelFile, runtime } = await files();
  const half = join(folder, "half.gguf");
  await copyFile(modelFile, half);
  await truncate(half, (await stat(half)).size / 2);
  await using engine = createLlamaCppEngine({ files: () => Promise.resolve({ runtime, modelFile: half }) });
  await expect(engine.model()).rejects.toThrow(/half\.gguf can't be loaded: .*corrupted or incomplete/u);
});

test("a file that is no model fails with llama.cpp's reason and isn't tried again", async () => {
  const events: LlamaCppEvent[] = [];
  const engine = createLlamaCppEngine({
    files: async () => ({ ...(await files()), modelFile: new URL(import.meta.url).pathname }),
    onEvent: (event) => events.push(event),
  });
  await expect(engine.model()).rejects.toThrow(/GGUF/u);
  await expect(engine.generate(request("x"))).rejects.toMatchObject({
    name: "EngineUnavailableError",
    loading: false,
  });
  expect(engine.health()).toMatchObject({ ready: false });
  const ends = events.filter(({ type }) => type !== "log");
  expect(ends).toMatchObject([{ type: "stopped", restartMs: undefined }]);
  await engine.close();
});

describe("the beginning that prompts are expected to have", () => {
  const BEGINNING = "A question about a very long and winding river: ";

  /** An engine, and how often it asked for the beginning. */
  function setUp(beginning: string | undefined) {
    let asked = 0;
    const count = () => {
      asked += 1;
      return Promise.resolve(beginning ?? "");
    };
    const engine = createLlamaCppEngine({
      ...{ files, sequences: SEQUENCES, contextSize: CONTEXT_SIZE, threads: 1 },
      ...(beginning !== undefined && { beginning: count }),
    });
    const answer = async () => {
      const ids: (number | undefined)[] = [];
      const generation = await engine.generate(request(`${BEGINNING}where does it end?`));
      for await (const { id } of generation) ids.push(id);
      return { ids, promptTokens: generation.promptTokens };
    };
    return { engine, answer, asked: () => asked, [Symbol.asyncDispose]: () => engine.close() };
  }

  test("is evaluated ahead, and changes neither counts nor answers", async () => {
    await using plain = setUp(undefined);
    await using prepared = setUp(BEGINNING);
    await prepared.engine.model();
    await vi.waitFor(() => expect(prepared.asked()).toBe(1), 5_000);
    expect(await prepared.answer()).toEqual(await plain.answer());
  });

  test("isn't asked for where a request is waiting for the model", async () => {
    await using waiting = setUp(BEGINNING);
    const { ids } = await waiting.answer();
    await sleep(200);
    expect([ids.length, waiting.asked()]).toEqual([24, 0]);
  });
});
