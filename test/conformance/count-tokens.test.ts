import { expect } from "vitest";

import { conformance } from "./support/conformance.js";
import { expectTurn } from "./support/conversation.js";
import { converseInput, nativeInput } from "./support/inputs.js";
import { expectNativeResponse } from "./support/native.js";
import { expectRefusal, modelIdCases, retryCases, unknownModelCase } from "./support/shared-cases.js";

conformance("CountTokens", (cases, column) => {
  const { modelId = "", body = "" } = nativeInput();
  const input = { modelId, invokeModelBody: body };

  cases.both("counts InvokeModel's prompt as InvokeModel does", async ({ ask, call }) => {
    const { output } = await ask(input);
    const whole = expectNativeResponse((await call("InvokeModel", nativeInput())).output?.body);
    expect(output).toEqual({ inputTokens: whole.prompt_token_count });
  });

  cases.both("counts a conversation as Converse does", async ({ ask, call }) => {
    const { messages = [], system = [] } = converseInput();
    const { output } = await ask({ modelId, converse: { messages, system } });
    const { usage } = expectTurn(await call("Converse", converseInput()));
    expect(output).toEqual({ inputTokens: usage.inputTokens });
  });

  cases.cria("generates nothing", {}, async ({ ask, cria }) => {
    await ask(input);
    expect(cria.generated).toEqual([]);
    expect(await cria.records(1)).toMatchObject([{ operation: "CountTokens", status: 200 }]);
  });

  modelIdCases(cases, input);
  unknownModelCase(cases, input);

  cases.both("refuses what InvokeModel refuses", async ({ ask }) => {
    expectRefusal(
      await ask({ modelId, invokeModelBody: "{}" }),
      400,
      "ValidationException",
      "Malformed input request: #: required key [prompt] not found, please reformat your input and try again.",
    );
  });

  retryCases(cases, column, input);
});
