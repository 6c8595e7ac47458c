import { describe, expect, it, onTestFinished, type TestContext } from "vitest";

import type { LlamaFamily } from "../../src/bedrock/index.js";
import { createScriptedEngine, type Engine } from "../../src/engine/index.js";
import { serve } from "../../src/server/index.js";
import { sendHttp1 } from "../server/support/http.js";
import { needsLlama4 } from "../support/tokenizers/needs-vocabulary.js";
import {
  llama2Tokenizer,
  llama3Tokenizer,
  llama4Tokenizer,
  type OtherTokenizer,
} from "../support/tokenizers/tokenizers.js";
import { answerOf } from "./support/recorded-answers.js";
import { countTokensRequest, type RecordedCount, recordedCounts } from "./support/recorded-counts.js";

const tokenizers: Readonly<Record<LlamaFamily, OtherTokenizer>> = {
  "llama-2": llama2Tokenizer,
  "llama-3": llama3Tokenizer,
  "llama-3-1": llama3Tokenizer,
  "llama-4": llama4Tokenizer,
};

/** The family's tokenizer; skips the test if its vocabulary couldn't be fetched. */
function tokenizerOf(family: LlamaFamily, context: TestContext): OtherTokenizer {
  if (family === "llama-4") needsLlama4(context);
  return tokenizers[family];
}

/** With the name apart, for a test's title. */
const titled = (counts: readonly RecordedCount[]) => counts.map((count) => [count.name, count] as const);

describe("with the model's vocabulary", () => {
  it("every recording with a count can be counted", () => {
    expect(recordedCounts).toHaveLength(31);
  });

  it.for(titled(recordedCounts))(
    "the request of %s has as many tokens as on Bedrock",
    async (row, context) => {
      const [, { recording, answer, id, family }] = row;
      const { engine, prompts } = countingEngine(tokenizerOf(family, context));
      const server = await serve({ engine, as: id });
      onTestFinished(() => server.close({ graceMs: 0 }));

      const { path, body } = recording.request;
      const response = await sendHttp1(server.url, path, { body });
      expect(answerOf({ ...recording, response })?.inputTokens).toBe(answer.inputTokens);

      const count = countTokensRequest(recording);
      const counted = await sendHttp1(server.url, count.path, { body: count.body });
      expect(counted.body.toString()).toBe(`{"inputTokens":${answer.inputTokens}}`);
      expect(prompts).toHaveLength(2);
      expect(prompts[1]).toBe(prompts[0]);
    },
  );

  const calls = recordedCounts.filter(({ wrote }) => wrote !== undefined);
  it.for(titled(calls))("the call in %s has as many tokens as on Bedrock", (row, context) => {
    const [, { wrote = "", answer, family }] = row;
    // and the end of the turn
    expect(tokenizerOf(family, context).tokens(wrote).length + 1).toBe(answer.outputTokens);
  });
});

/** An engine that counts with a tokenizer, and the prompts that it was given. */
function countingEngine(tokenizer: OtherTokenizer): { engine: Engine; prompts: readonly string[] } {
  const prompts: string[] = [];
  const count = (prompt: string) => {
    prompts.push(prompt);
    return tokenizer.tokens(prompt).length;
  };
  const engine = createScriptedEngine({
    script: ({ prompt }) => ({ tokens: ["Hello"], promptTokens: count(prompt) }),
  });
  engine.countTokens = (prompt) => Promise.resolve(count(prompt));
  return { engine, prompts };
}
