import { afterAll, beforeEach, describe, expect, test } from "vitest";

import { createLlamaCppEngine, type Engine, ensureLlamaCppRuntime } from "../../../src/engine/index.js";
import { chatTemplateOf, smallModel, ensureModelFile } from "../../../src/models/index.js";
import { defaultModelEnv } from "../../support/default-model.js";
import { testHome } from "../../support/home.js";

const CONTEXT_SIZE = 2048;

const chat = (text: string) => `<|im_start|>user\n${text}<|im_end|>\n<|im_start|>assistant\n`;

describe("llama.cpp with the default model", () => {
  let started: Engine | undefined;
  const engine = () =>
    (started ??= createLlamaCppEngine({
      files: async () => {
        const runtime = await ensureLlamaCppRuntime({ home: testHome() });
        const modelFile = await ensureModelFile(smallModel, { home: testHome() });
        return { runtime, modelFile, chatTemplate: chatTemplateOf(modelFile) };
      },
      sequences: 2,
      contextSize: CONTEXT_SIZE,
      // two threads that wait for each other are far slower than one where others compute too
      threads: 1,
    }));

  beforeEach(async (context) => {
    await defaultModelEnv(context);
  });
  afterAll(() => started?.close());

  async function ask(text: string, maxTokens: number) {
    const generation = await engine().generate({ prompt: chat(text), maxTokens, temperature: 0, topP: 1 });
    let answer = "";
    let stopReason;
    for await (const token of generation) {
      answer += token.text;
      ({ stopReason } = token);
    }
    return { answer, stopReason, promptTokens: generation.promptTokens };
  }

  test("reports its model", async () => {
    const model = await engine().model();
    expect(model).toMatchObject({ contextSize: CONTEXT_SIZE, sequences: 2, eosToken: "<|im_end|>" });
    expect(model.chatTemplate).toContain("<|im_start|>");
  });

  test("answers, counts, and ends with the end-of-sequence token", async () => {
    const { answer, stopReason, promptTokens } = await ask("What is the capital of France?", 24);
    expect(answer).toContain("Paris");
    expect(stopReason).toBe("stop");
    // <|im_start|> user \n What is the capital of France ? <|im_end|> \n <|im_start|> assistant \n
    expect(promptTokens).toBe(16);
    expect(await engine().countTokens(chat("What is the capital of France?"))).toBe(16);
  });

  test("texts of many-byte characters arrive whole", async () => {
    const { answer } = await ask("Repeat: 🦙🦙🦙 héllo 你好", 40);
    expect(answer).not.toContain("\uFFFD");
  });
});
