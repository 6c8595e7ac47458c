import { describe, expect, it, onTestFinished, type TestContext } from "vitest";

import { llamaModels } from "../../src/bedrock/index.js";
import { createScriptedEngine, type Engine } from "../../src/engine/index.js";
import { serve } from "../../src/server/index.js";
import { sendHttp1 } from "../server/support/http.js";
import { readRecording, type Recording } from "../server/support/recording.js";
import { needsLlama4 } from "../support/tokenizers/needs-vocabulary.js";
import {
  llama2Tokenizer,
  llama3Tokenizer,
  llama4Tokenizer,
  type OtherTokenizer,
} from "../support/tokenizers/tokenizers.js";
import { answerOf, modelOf } from "./support/recorded-answers.js";
import { recordedExchanges } from "./support/recorded-exchanges.js";

const tokenizers = {
  "llama-2": llama2Tokenizer,
  "llama-3": llama3Tokenizer,
  "llama-3-1": llama3Tokenizer,
  "llama-4": llama4Tokenizer,
} as const;

const counted = recordedExchanges.flatMap((exchange) => {
  const recording = readRecording(exchange.name);
  const answer = answerOf(recording);
  return answer ? [{ ...exchange, recording, answer, id: modelOf(recording.request.path) }] : [];
});

/** The family's tokenizer; skips the test if its vocabulary couldn't be fetched. */
function tokenizerOf(id: string, context: TestContext): OtherTokenizer {
  const family = llamaModels.find((model) => model.id === id)?.family;
  if (family === undefined) throw new Error(`There is no model ${id}.`);
  if (family === "llama-4") needsLlama4(context);
  return tokenizers[family];
}

describe("with the model's vocabulary", () => {
  const known = counted.filter(({ difference }) => difference !== "documentTokens");
  it.for(titled(known))("the request of %s has as many tokens as on Bedrock", async ([, each], context) => {
    const { engine, prompts } = countingEngine(tokenizerOf(each.id, context));
    const server = await serve({ engine, as: each.id });
    onTestFinished(() => server.close({ graceMs: 0 }));

    const { path, body } = each.recording.request;
    const operation = await sendHttp1(server.url, path, { body });
    expect(answerOf({ ...each.recording, response: operation })?.inputTokens).toBe(each.answer.inputTokens);

    const count = await sendHttp1(server.url, path.replace(/\/[^/]+$/u, "/count-tokens"), {
      body: JSON.stringify(countTokensBody(each.recording)),
    });
    expect(count.body.toString()).toBe(`{"inputTokens":${each.answer.inputTokens}}`);
    expect(prompts).toHaveLength(2);
    expect(prompts[1]).toBe(prompts[0]);
  });

  const calls = counted.filter(({ wrote }) => wrote !== undefined);
  it.for(titled(calls))("the call in %s has as many tokens as on Bedrock", ([, each], context) => {
    const tokenizer = tokenizerOf(each.id, context);
    // and the end of the turn
    expect(tokenizer.tokens(each.wrote ?? "").length + 1).toBe(each.answer.outputTokens);
  });
});

/** With the name apart, for a test's title. */
function titled<T extends { readonly name: string }>(exchanges: readonly T[]): (readonly [string, T])[] {
  return exchanges.map((exchange) => [exchange.name, exchange]);
}

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

/** The body of the CountTokens request that asks for the tokens of a recorded request. */
function countTokensBody({ request }: Recording): unknown {
  if (request.path.includes("/invoke")) {
    return { input: { invokeModel: { body: Buffer.from(request.body).toString("base64") } } };
  }
  const { messages, system, toolConfig } = JSON.parse(request.body) as Record<string, unknown>;
  return { input: { converse: { messages, system, toolConfig } } };
}
