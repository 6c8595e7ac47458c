import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import {
  createLlamaCppEngine,
  type Engine,
  EngineBusyError,
  type GenerateRequest,
  type LlamaCppEvent,
  type LlamaCppFiles,
  PromptTooLongError,
  TextNotTokenizedError,
} from "../../../../src/engine/index.js";
import { LongTexts } from "../../../../src/engine/llama-cpp/parent/long-texts.js";
import { MAX_SHORT_TEXT } from "../../../../src/engine/llama-cpp/protocol.js";
import { engineIsHere, needsEngine, tinyFiles } from "../../../support/engine.js";
import { llama4IsHere, needsLlama4 } from "../../../support/tokenizers/needs-vocabulary.js";
import { llama2Tokenizer, llama3Tokenizer, llama4Tokenizer } from "../../../support/tokenizers/tokenizers.js";

const run = (unit: string, length: number) => unit.repeat(Math.ceil(length / unit.length));

/** One class of characters each, as the pre-tokenizers' patterns divide them, and mixtures. */
const RUNS = [
  ["letters", "a"],
  ["capitals", "A"],
  ["capital and small letters", "aB"],
  ["digits", "1"],
  ["spaces", " "],
  ["tabs", "\t"],
  ["line breaks", "\n"],
  ["spaces and line breaks", " \n"],
  ["punctuation", "!"],
  ["apostrophes", "'"],
  ["Chinese", "中"],
  ["letters with accents", "é"],
  ["emoji", "😀"],
  ["zero-width joiners", "👩‍🚀"],
  ["words", "word "],
  ["code", "if (a) {\n\t"],
  ["instructions", "[INST]"],
] as const;

/** Where nothing breaks a text, the other tokenizer of Llama 4's takes a time that grows with the square of the length. */
const COMPARED = 2_000;

/** Longer than the stack of the engine's process holds, some 20,000. The longest token has 128 characters. */
const LONG = 60_000;

/** Texts of runs, each of one class. */
const mixtures = fc
  .array(fc.tuple(fc.constantFrom(...RUNS.map(([, unit]) => unit)), fc.integer({ min: 1, max: 300 })), {
    minLength: 100,
    maxLength: 100,
  })
  .map((runs) => runs.map(([unit, length]) => run(unit, length)).join(""));

const request = (prompt: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompt,
  bos: "never",
  maxTokens: 4,
  temperature: 0,
  topP: 1,
  ...more,
});

describe.each([
  ["llama-2", "always", llama2Tokenizer],
  ["llama-3", "never", llama3Tokenizer],
  ["llama-4", "never", llama4Tokenizer],
] as const)("long texts for %s", (name, bos, other) => {
  const events: LlamaCppEvent[] = [];
  const longTexts = new LongTexts(60_000);
  let files: LlamaCppFiles;
  let engine: Engine;

  beforeAll(async () => {
    if (!engineIsHere() || (name === "llama-4" && !llama4IsHere())) return;
    files = await tinyFiles(name);
    engine = createLlamaCppEngine({
      files: () => Promise.resolve(files),
      sequences: 2,
      contextSize: 1024,
      threads: 1,
      // a chat template may begin with anything; what is too long isn't evaluated ahead
      beginning: () => Promise.resolve(run("a", LONG)),
      onEvent: (event) => events.push(event),
    });
  });
  beforeEach((context) => {
    needsEngine(context);
    if (name === "llama-4") needsLlama4(context);
  });
  afterAll(async () => {
    await longTexts.close();
    if (engineIsHere() && (name !== "llama-4" || llama4IsHere())) await engine.close();
  });

  const patient = { deadline: Infinity, signal: undefined };
  const job = (text: string) => ({
    addonFile: files.runtime.addon,
    modelFile: files.modelFile,
    text,
    bos,
    maxTokens: Infinity,
  });

  test("mixtures of runs are tokenized as another tokenizer does it", async () => {
    for (const text of fc.sample(mixtures, { numRuns: 10, seed: 4 })) {
      expect(text.length).toBeGreaterThan(MAX_SHORT_TEXT);
      const { tokens } = await longTexts.tokenize(job(text), patient);
      expect([...(tokens ?? [])]).toEqual(other.tokens(text));
    }
  }, 120_000);

  test.each(RUNS)(
    "%s without a break are counted, by both processes as another tokenizer counts them",
    async (_, unit) => {
      const text = run(unit, COMPARED);
      const expected = other.tokens(text);
      expect(await engine.countTokens(text, { bos })).toBe(expected.length);
      const { count, tokens } = await longTexts.tokenize(job(text), patient);
      expect(count).toBe(expected.length);
      expect([...(tokens ?? [])]).toEqual(expected);
      // longer than the engine's process takes, and than its stack would hold
      for (const length of [MAX_SHORT_TEXT + 1, LONG]) {
        expect(await engine.countTokens(run(unit, length), { bos })).toBeGreaterThanOrEqual(length / 128);
      }
      expect(events.filter(({ type }) => type === "stopped")).toEqual([]);
    },
    120_000,
  );

  test("a long prompt is evaluated, or refused with the number of its tokens", async () => {
    const fits = run("internationalization ", MAX_SHORT_TEXT + 1);
    const promptTokens = other.tokens(fits).length;
    const generation = engine.generate(request(fits, { bos }));
    if (promptTokens <= 1024) expect((await generation).promptTokens).toBe(promptTokens);
    else await expect(generation).rejects.toMatchObject({ promptTokens, contextLimit: 1024 });
    const long = run("a word, and ", 40_000);
    const refused = await engine.generate(request(long, { bos })).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PromptTooLongError);
    expect(refused).toMatchObject({ promptTokens: other.tokens(long).length, contextLimit: 1024 });
    // 128 characters a token at most: this one isn't even tokenized
    const longest = await engine
      .generate(request(run("a", 128 * 1024 + 1), { bos }))
      .catch((error: unknown) => error);
    expect(longest).toMatchObject({ name: "PromptTooLongError", promptTokens: 1025 });
  });

  test("streams go on while a long text is counted", async () => {
    let counted = false;
    const counting = engine.countTokens(run("word after word, ", 4_000_000), { bos });
    const waiting = counting.then(() => (counted = true));
    let tokens = 0;
    for await (const { id } of await engine.generate(request("Hello", { maxTokens: 8 })))
      if (id !== undefined) tokens += 1;
    expect(tokens).toBeGreaterThan(0);
    expect(counted).toBe(false);
    await waiting;
  }, 60_000);

  test("counting takes no sequence, and waits for no generation", async () => {
    const ending = new AbortController();
    const { signal } = ending;
    // nobody reads them, so they hold their sequences
    await Promise.all([1, 2].map(() => engine.generate(request("Hello", { maxTokens: 1_000, signal }))));
    await expect(engine.generate(request("Hello"))).rejects.toThrow(EngineBusyError);
    for (const text of ["word ", run("word ", 10_000)])
      expect(await engine.countTokens(text, { bos })).toBe(other.tokens(text).length);
    await expect(engine.generate(request("Hello"))).rejects.toThrow(EngineBusyError);
    ending.abort(new Error("enough"));
  });

  test("a process that is ended in the middle is started again, and only its own caller gets an error", async () => {
    await longTexts.tokenize(job("warm"), patient);
    const ended = longTexts.tokenize(job(run("word ", 4_000_000)), patient).catch((error: unknown) => error);
    const text = run("a word, and ", 10_000);
    const behind = longTexts.tokenize(job(text), patient);
    const { pid = NaN } = longTexts;
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.kill(pid, "SIGKILL");
    expect(await ended).toMatchObject({
      name: process.platform === "win32" ? "TextNotTokenizedError" : "EngineUnavailableError",
    });
    expect((await behind).count).toBe(other.tokens(text).length);
    expect(longTexts.pid).not.toBe(pid);
  }, 60_000);

  test("what exceeds the bound is refused at once, and who leaves makes room", async () => {
    const leaving = new AbortController();
    const long = run("word ", 20_000_000);
    const first = engine.countTokens(long, { bos, signal: leaving.signal }).catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(engine.countTokens(long, { bos })).rejects.toThrow(EngineBusyError);
    leaving.abort(new Error("gone"));
    expect(await first).toMatchObject({ message: "gone" });
    const text = run("word ", 10_000);
    expect(await engine.countTokens(text, { bos })).toBe(other.tokens(text).length);
  }, 60_000);

  test("a text that takes too long is refused, and the next one is counted", async ({ skip }) => {
    if (name !== "llama-2")
      return skip("only SentencePiece's merges take a time that grows with the square of a run");
    await using impatient = Object.assign(new LongTexts(3_000), {
      [Symbol.asyncDispose]: () => impatient.close(),
    });
    const late = impatient.tokenize(job(run("\t", 600_000)), patient).catch((error: unknown) => error);
    const text = run("word ", 10_000);
    expect((await impatient.tokenize(job(text), patient)).count).toBe(other.tokens(text).length);
    const error = await late;
    expect(error).toBeInstanceOf(TextNotTokenizedError);
    expect((error as Error).message).toContain("more than 3 s");
  }, 60_000);

  test("a run that no stack holds is refused, and the next text is counted", async ({ skip }) => {
    if (name !== "llama-4") return skip("only the pattern of Llama 4's vocabulary is recursive");
    const overflowing = engine.countTokens(run("a", 4_000_000), { bos }).catch((error: unknown) => error);
    const text = run("word ", 10_000);
    expect(await engine.countTokens(text, { bos })).toBe(other.tokens(text).length);
    const error = await overflowing;
    expect(error).toBeInstanceOf(TextNotTokenizedError);
    expect((error as Error).message).toContain("512 MiB of stack");
    expect(events.filter(({ type }) => type === "stopped")).toEqual([]);
  }, 120_000);
});
