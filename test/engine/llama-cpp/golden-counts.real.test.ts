import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { createLlamaCppEngine, type Engine, withAdmission } from "../../../src/engine/index.js";
import { engineIsHere, needsEngine, tinyFiles } from "../../support/engine.js";
import { llama2Counts, llama3Counts } from "../../support/golden-counts.js";
import { llama4IsHere, needsLlama4 } from "../../support/tokenizers/needs-vocabulary.js";
import { llama2Tokenizer, llama3Tokenizer, llama4Tokenizer } from "../../support/tokenizers/tokenizers.js";
import { startTokenIds, type TokenIds } from "./support/token-ids.js";
import { anyText, variedTexts } from "./support/varied-texts.js";

/** llama.cpp's pattern for Llama 4 doesn't take a combining mark for part of a word, as Meta's does. Other texts are cut alike. */
const withoutMarks = (text: string) => text.replaceAll(/\p{M}/gu, "");
const asItIs = (text: string) => text;

describe.each([
  // what the server asks for: a beginning-of-sequence token for Llama 2, none for Llama 3 and 4
  ["llama-2", "always", llama2Counts, llama2Tokenizer, asItIs],
  ["llama-3", "never", llama3Counts, llama3Tokenizer, asItIs],
  ["llama-4", "never", [], llama4Tokenizer, withoutMarks],
] as const)("the vocabulary of %s in llama.cpp", (name, bos, counts, other, cutAlike) => {
  let engine: Engine | undefined;
  let tokenIds: TokenIds | undefined;

  beforeAll(async () => {
    if (!engineIsHere() || (name === "llama-4" && !llama4IsHere())) return;
    const files = await tinyFiles(name);
    const local = createLlamaCppEngine({
      files: () => Promise.resolve(files),
      sequences: 1,
      contextSize: 1024,
      threads: 1,
    });
    // nobody reads the generations, so the next one has to wait for the end of the last
    engine = withAdmission(local);
    tokenIds = await startTokenIds(files);
  });
  beforeEach((context) => {
    needsEngine(context);
    if (name === "llama-4") needsLlama4(context);
  });
  afterAll(async () => {
    await engine?.close();
    await tokenIds?.[Symbol.asyncDispose]();
  });

  test.each(counts.map(({ title, tokens, prompt }) => [title, tokens, prompt] as const))(
    "%s: %i tokens, as on Bedrock",
    async (_, tokens, prompt) => {
      expect(await engine?.countTokens(prompt, { bos })).toBe(tokens);
      const generation = await engine?.generate({ prompt, bos, maxTokens: 1, temperature: 0, topP: 1 });
      expect(generation?.promptTokens).toBe(tokens);
      expect(await tokenIds?.of(prompt, bos)).toEqual(other.tokens(prompt));
      expect(other.tokens(prompt)).toHaveLength(tokens);
    },
  );

  test.each(variedTexts.map(cutAlike).map((text) => [JSON.stringify(text).slice(0, 40), text] as const))(
    "%s: the tokens that another tokenizer gives",
    async (_, text) => {
      expect(await tokenIds?.of(text, bos)).toEqual(other.tokens(text));
    },
  );

  test("any text: the tokens that another tokenizer gives, and their number in the engine", async () => {
    await fc.assert(
      fc.asyncProperty(anyText(other.specialTokens).map(cutAlike), async (text) => {
        const expected = other.tokens(text);
        expect(await tokenIds?.of(text, bos)).toEqual(expected);
        expect(await engine?.countTokens(text, { bos })).toBe(expected.length);
      }),
      { numRuns: 200 },
    );
  });
});
