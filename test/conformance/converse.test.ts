import { expect } from "vitest";

import { conformance } from "./support/conformance.js";
import { expectTurn } from "./support/conversation.js";
import { HELLO_TEXT } from "./support/cria-target.js";
import { converseInput } from "./support/inputs.js";
import { expectRefusal, modelIdCases, retryCases, unknownModelCase } from "./support/shared-cases.js";

conformance("Converse", (cases, column) => {
  cases.both("answers with a turn", async ({ ask, cria }) => {
    const turn = expectTurn(await ask(converseInput()));
    if (!cria) return;
    expect(turn).toMatchObject({ text: HELLO_TEXT, stopReason: "end_turn", usage: { outputTokens: 5 } });
    const [request] = cria.generated;
    expect(request?.prompt).toContain("Cutting Knowledge Date: December 2023");
    expect(request?.prompt).toContain("You count.<|eot_id|>");
  });

  cases.both("stops at maxTokens", async ({ ask }) => {
    const turn = expectTurn(await ask(converseInput({ maxTokens: 3 })));
    expect(turn).toMatchObject({ stopReason: "max_tokens", usage: { outputTokens: 3 } });
  });

  cases.cria("stops at a stop sequence and leaves it out", {}, async ({ ask }) => {
    const turn = expectTurn(await ask(converseInput({ stopSequences: ["llama"] })));
    expect(turn).toMatchObject({ stopReason: "stop_sequence", text: " Hello, " });
  });

  cases.cria("takes the model's own settings", {}, async ({ ask, cria }) => {
    const fields = { max_gen_len: 2 };
    const turn = expectTurn(
      await ask({ ...converseInput(), inferenceConfig: {}, additionalModelRequestFields: fields }),
    );
    expect(turn).toMatchObject({ stopReason: "max_tokens", usage: { outputTokens: 2 } });
    expect(cria.generated).toMatchObject([{ maxTokens: 2 }]);
  });

  modelIdCases(cases, converseInput());
  unknownModelCase(cases, converseInput());

  cases.both("refuses an invalid setting", async ({ ask }) => {
    expectRefusal(
      await ask(converseInput({ temperature: 2 })),
      400,
      "ValidationException",
      "1 validation error detected: Value '2' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1",
    );
  });

  retryCases(cases, column, converseInput());
});
