import { afterEach, beforeEach, describe, expect, test } from "vitest";

import {
  createLlamaCppEngine,
  type Engine,
  ensureLlamaCppRuntime,
  type LlamaCppEngineOptions,
} from "../../../src/engine/index.js";
import { chatTemplateOf, smallModel, ensureModelFile } from "../../../src/models/index.js";
import { defaultModelEnv } from "../../support/default-model.js";
import { needsEngine, tinyFiles } from "../../support/engine.js";
import { testHome } from "../../support/home.js";

let engine: Engine | undefined;
afterEach(() => engine?.close());

async function ask(asked: Engine, prompt: string, maxTokens: number) {
  const generation = await asked.generate({ prompt, maxTokens, temperature: 0, topP: 1, patient: true });
  let answer = "";
  for await (const { text } of generation) answer += text;
  return answer;
}

describe("keys and values in q8_0", () => {
  const start = (options: Partial<LlamaCppEngineOptions>) =>
    (engine = createLlamaCppEngine({
      files: async () => {
        const runtime = await ensureLlamaCppRuntime({ home: testHome() });
        const modelFile = await ensureModelFile(smallModel, { home: testHome() });
        return { runtime, modelFile, chatTemplate: chatTemplateOf(modelFile) };
      },
      contextSize: 2048,
      threads: 1,
      ...options,
    }));
  const prompt = (text: string) => `<|im_start|>user\n${text}<|im_end|>\n<|im_start|>assistant\n`;

  beforeEach(async (context) => {
    await defaultModelEnv(context);
  });

  test("the model answers, and takes less memory", async () => {
    const bytes: number[] = [];
    for (const kvCacheType of ["f16", "q8_0"] as const) {
      const asked = start({ kvCacheType, sequences: 4 });
      expect(await asked.model()).toMatchObject({ kvCacheType, sequences: 4, halfSequences: 0 });
      expect(await ask(asked, prompt("What is the capital of France?"), 24)).toContain("Paris");
      bytes.push(asked.memory?.()?.loadedBytes ?? NaN);
      await asked.close();
    }
    // 4 × 2048 tokens × 30 layers × 2 × 3 heads × 64 numbers, of 2 bytes or 34/32
    const [f16 = NaN, q8 = NaN] = bytes;
    const saved = 4 * 2048 * 30 * 2 * 3 * 64 * (2 - 34 / 32);
    expect(Math.abs(f16 - q8 - saved)).toBeLessThan(saved * 0.1);
  });

  test("whole and half sequences answer at the same time, as a sequence alone does", async () => {
    const questions = ["What is the capital of France?", "Name a colour.", "What is 2 plus 2?"];
    const alone = start({ sequences: 1 });
    const expected: string[] = [];
    for (const each of questions) expected.push(await ask(alone, prompt(each), 16));
    await alone.close();
    const asked = start({ sequences: 3, halfSequences: 2 });
    expect(await asked.model()).toMatchObject({ contextSize: 2048, sequences: 3, halfSequences: 2 });
    const answers = await Promise.all([
      // only the whole one holds so many
      ask(asked, prompt(questions[0] ?? ""), 1500).then((answer) => answer.slice(0, expected[0]?.length)),
      ...questions.slice(1).map((each) => ask(asked, prompt(each), 16)),
    ]);
    expect(answers).toEqual(expected);
  });
});

describe("keys and values in q8_0, where a head has 16 numbers", () => {
  beforeEach(needsEngine);

  test("the engine says that there is no such context, with llama.cpp's reason", async () => {
    engine = createLlamaCppEngine({ files: () => tinyFiles("llama-2"), kvCacheType: "q8_0", threads: 1 });
    await expect(engine.model()).rejects.toThrow(
      /can't have a KV cache of this type: .*q8_0.*16.* Choose --kv-cache-type f16\.$/su,
    );
  });
});
