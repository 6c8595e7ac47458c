import { expect } from "vitest";

import { conformance } from "./support/conformance.js";
import { deltaTexts, expectStreamedTurn, expectTurn } from "./support/conversation.js";
import { hello, HELLO_TEXT } from "./support/cria-target.js";
import { converseInput } from "./support/inputs.js";
import { expectRefusal, modelIdCases, retryCases, unknownModelCase } from "./support/shared-cases.js";
import { streamCases } from "./support/stream-cases.js";

conformance("ConverseStream", (cases, column) => {
  cases.both("answers with one delta for each token", async ({ ask, cria }) => {
    const answer = await ask(converseInput());
    const turn = expectStreamedTurn(answer);
    if (!cria) return;
    expect(turn).toMatchObject({ text: HELLO_TEXT, stopReason: "end_turn" });
    // the end-of-sequence token is counted but has no text
    expect(deltaTexts(answer)).toEqual([...hello.tokens, ""]);
  });

  cases.both("stops at maxTokens", async ({ ask }) => {
    const turn = expectStreamedTurn(await ask(converseInput({ maxTokens: 3 })));
    expect(turn).toMatchObject({ stopReason: "max_tokens", usage: { outputTokens: 3 } });
  });

  cases.cria("stops at a stop sequence and sends no part of it", {}, async ({ ask }) => {
    const answer = await ask(converseInput({ stopSequences: ["llama"] }));
    expect(expectStreamedTurn(answer)).toMatchObject({ stopReason: "stop_sequence", text: " Hello, " });
  });

  cases.both("counts as Converse does", async ({ ask, call }) => {
    const { usage } = expectStreamedTurn(await ask(converseInput()));
    const { usage: whole } = expectTurn(await call("Converse", converseInput()));
    expect(usage.inputTokens).toBe(whole.inputTokens);
  });

  modelIdCases(cases, converseInput());
  unknownModelCase(cases, converseInput());

  cases.both("refuses an invalid setting", async ({ ask }) => {
    expectRefusal(
      await ask(converseInput({ topP: 2 })),
      400,
      "ValidationException",
      "1 validation error detected: Value '2' at 'inferenceConfig.topP' failed to satisfy constraint: Member must have value less than or equal to 1",
    );
  });

  retryCases(cases, column, converseInput());
  streamCases(cases, column, converseInput({ maxTokens: 100 }), { head: 1, texts: deltaTexts });
});
