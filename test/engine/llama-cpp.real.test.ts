import { copyFile, truncate } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

// what ships: the engine starts a child process, which has to be JavaScript
import {
  createLlamaCppEngine,
  EngineBusyError,
  EngineStoppedError,
  EngineUnavailableError,
  ensureLlamaCppRuntime,
  PromptTooLongError,
  type Engine,
  type GenerateRequest,
  type LlamaCppEvent,
} from "../../dist/engine/index.js";
import { defaultModel, ensureModelFile } from "../../dist/models/index.js";
import { emptyFolder } from "../support/folder.js";
import { testHome } from "../support/home.js";

const SEQUENCES = 2;
const CONTEXT_SIZE = 2048;
const files = async () => ({
  runtime: await ensureLlamaCppRuntime({ home: testHome() }),
  modelFile: await ensureModelFile(defaultModel, { home: testHome() }),
});

const chat = (text: string) => `<|im_start|>user\n${text}<|im_end|>\n<|im_start|>assistant\n`;
const request = (text: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompt: chat(text),
  maxTokens: 24,
  temperature: 0,
  topP: 1,
  ...more,
});

describe("llama.cpp with the default model", () => {
  const events: LlamaCppEvent[] = [];
  let engine: Engine;

  async function ask(text: string, more: Partial<GenerateRequest> = {}) {
    const generation = await engine.generate(request(text, more));
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

  beforeAll(async () => {
    engine = createLlamaCppEngine({
      files,
      sequences: SEQUENCES,
      contextSize: CONTEXT_SIZE,
      queue: { waitMs: 30_000, length: 2 },
      onEvent: (event) => events.push(event),
    });
    await engine.model();
  });

  afterAll(() => engine.close());

  test("tells what it serves", async () => {
    const model = await engine.model();
    expect(model).toMatchObject({ contextSize: CONTEXT_SIZE, sequences: SEQUENCES, eosToken: "<|im_end|>" });
    expect(model.chatTemplate).toContain("<|im_start|>");
    expect(engine.health()).toEqual({ ready: true });
  });

  test("answers, counts, and ends with the end-of-sequence token", async () => {
    const { answer, stopReason, promptTokens } = await ask("What is the capital of France?");
    expect(answer).toContain("Paris");
    expect(stopReason).toBe("stop");
    // <|im_start|> user \n What is the capital of France ? <|im_end|> \n <|im_start|> assistant \n
    expect(promptTokens).toBe(16);
    expect(await engine.countTokens(chat("What is the capital of France?"))).toBe(16);
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
    await expect(ask("hello", { contextLimit: 4 })).rejects.toThrow(
      "The prompt is 10 tokens long, but the context holds 4.",
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

  test("more requests than sequences wait their turn; more than the queue holds are refused", async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: SEQUENCES + 3 }, (_, i) => ask(`Say ${i}`, { maxTokens: 8 })),
    );
    const refused = answers.filter((answer) => answer.status === "rejected");
    expect(refused.map((answer) => (answer.reason as Error).name)).toEqual([EngineBusyError.name]);
  });

  test("texts of many-byte characters arrive whole", async () => {
    const { answer } = await ask("Repeat: 🦙🦙🦙 héllo 你好", { maxTokens: 40 });
    expect(answer).not.toContain("\uFFFD");
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
    await expect(reading).rejects.toThrow("SIGKILL");
    expect((await ask("Say yes.", { maxTokens: 3 })).tokens).toBeGreaterThan(0);
    expect(pid()).not.toBe(before);
    expect(events).toContainEqual(expect.objectContaining({ type: "stopped", restartMs: 0 }));
  });

  test("close frees the process and refuses what comes after", async () => {
    const own = createLlamaCppEngine({ files, sequences: 1, contextSize: 256 });
    await own.model();
    await own.close();
    await own.close();
    await expect(own.generate(request("x"))).rejects.toThrow(EngineUnavailableError);
  });

  test("closing while it loads", async () => {
    const own = createLlamaCppEngine({ files, sequences: 1, contextSize: 256 });
    await own.close();
    await expect(own.model()).rejects.toThrow("The engine is closed.");
  });
});

test("loading that gets nowhere is given up, and its process ended", async () => {
  await using engine = createLlamaCppEngine({ files, loadStallMs: 1 });
  await expect(engine.model()).rejects.toThrow("nothing happened for 0.001 s");
});

test("half a model fails with what llama.cpp says of it", async () => {
  const folder = await emptyFolder();
  const { modelFile, runtime } = await files();
  const half = join(folder, "half.gguf");
  await copyFile(modelFile, half);
  await truncate(half, 50_000_000);
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
  expect(events).toMatchObject([{ type: "stopped", restartMs: undefined }]);
  await engine.close();
});
