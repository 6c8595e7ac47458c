import { describe, expect, test } from "vitest";

import { tokenizePrompt } from "../../../../src/engine/llama-cpp/child/vocabulary.js";

const BOS = 1;

/** A vocabulary in which `<s>` is the beginning-of-sequence token and every other character a token of its own. */
function vocabulary(prependsBos: boolean, bos: number | null = BOS) {
  return {
    bos,
    prependsBos,
    tokenize: (text: string) =>
      Array.from(text.replaceAll("<s>", "\u0001"), (character) => character.charCodeAt(0)),
  };
}

const a = 97;

describe("the beginning-of-sequence token", () => {
  test("always: in front, whatever the model says, and doubled if the prompt has its own", () => {
    expect(tokenizePrompt(vocabulary(false), "a", "always")).toEqual([BOS, a]);
    expect(tokenizePrompt(vocabulary(true), "<s>a", "always")).toEqual([BOS, BOS, a]);
  });

  test("never: only what the prompt has", () => {
    expect(tokenizePrompt(vocabulary(true), "a", "never")).toEqual([a]);
    expect(tokenizePrompt(vocabulary(true), "<s>a", "never")).toEqual([BOS, a]);
  });

  test("model: what its metadata says, and never twice", () => {
    expect(tokenizePrompt(vocabulary(true), "a", "model")).toEqual([BOS, a]);
    expect(tokenizePrompt(vocabulary(true), "<s>a", "model")).toEqual([BOS, a]);
    expect(tokenizePrompt(vocabulary(false), "a", "model")).toEqual([a]);
  });

  test("a vocabulary without one gets none; an empty prompt gets one", () => {
    expect(tokenizePrompt(vocabulary(true, null), "a", "always")).toEqual([a]);
    expect(tokenizePrompt(vocabulary(false), "", "never")).toEqual([BOS]);
  });
});
