import { describe, expect, test } from "vitest";

import type { LlamaModel } from "../../src/engine/llama-cpp/bindings.js";
import { tokenizePrompt } from "../../src/engine/llama-cpp/prompt-tokens.js";

const BOS = 1;

/** A vocabulary in which `<s>` is the beginning-of-sequence token and every other character a token of its own. */
function model(shouldPrependBosToken: boolean, bos: number | null = BOS): LlamaModel {
  return {
    tokens: { bos, shouldPrependBosToken },
    tokenize: (text: string) =>
      Array.from(text.replaceAll("<s>", "\u0001"), (character) => character.charCodeAt(0)),
  } as unknown as LlamaModel;
}

const a = 97;

describe("the beginning-of-sequence token", () => {
  test("always: in front, whatever the model says, and doubled if the prompt has its own", () => {
    expect(tokenizePrompt(model(false), "a", "always")).toEqual([BOS, a]);
    expect(tokenizePrompt(model(true), "<s>a", "always")).toEqual([BOS, BOS, a]);
  });

  test("never: only what the prompt has", () => {
    expect(tokenizePrompt(model(true), "a", "never")).toEqual([a]);
    expect(tokenizePrompt(model(true), "<s>a", "never")).toEqual([BOS, a]);
  });

  test("model: what its metadata says, and never twice", () => {
    expect(tokenizePrompt(model(true), "a", "model")).toEqual([BOS, a]);
    expect(tokenizePrompt(model(true), "<s>a", "model")).toEqual([BOS, a]);
    expect(tokenizePrompt(model(false), "a", "model")).toEqual([a]);
  });

  test("a vocabulary without one gets none; an empty prompt gets one to start from", () => {
    expect(tokenizePrompt(model(true, null), "a", "always")).toEqual([a]);
    expect(tokenizePrompt(model(false), "", "never")).toEqual([BOS]);
  });
});
