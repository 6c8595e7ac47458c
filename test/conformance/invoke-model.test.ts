import { expect } from "vitest";

import { conformance } from "./support/conformance.js";
import { HELLO_TEXT } from "./support/cria-target.js";
import { nativeInput } from "./support/inputs.js";
import { expectNativeResponse } from "./support/native.js";
import { expectRefusal, modelIdCases, retryCases, unknownModelCase } from "./support/shared-cases.js";

conformance("InvokeModel", (cases, column) => {
  cases.both("answers in the model's own JSON", async ({ ask, cria }) => {
    const { output } = await ask(nativeInput());
    expect(output?.contentType).toBe("application/json");
    const response = expectNativeResponse(output?.body);
    if (cria)
      expect(response).toMatchObject({
        generation: HELLO_TEXT,
        generation_token_count: 5,
        stop_reason: "stop",
      });
  });

  cases.both("stops at max_gen_len", async ({ ask }) => {
    const { output } = await ask(nativeInput({ max_gen_len: 3 }));
    expect(expectNativeResponse(output?.body)).toMatchObject({
      generation_token_count: 3,
      stop_reason: "length",
    });
  });

  cases.both("accepts the supported media types", async ({ ask }) => {
    const type = "application/json";
    const { output } = await ask({ ...nativeInput(), contentType: type, accept: type });
    expect(output?.contentType).toBe(type);
  });

  modelIdCases(cases, nativeInput());

  cases.cria("answers for a model that Bedrock has retired", {}, async ({ ask, cria }) => {
    const { output } = await ask({ ...nativeInput(), modelId: "meta.llama2-13b-chat-v1" });
    expect(expectNativeResponse(output?.body)).toMatchObject({ generation: HELLO_TEXT });
    expect(await cria.records(1)).toMatchObject([{ standIn: true }]);
  });

  unknownModelCase(cases, nativeInput());

  cases.both("names what is wrong with a body", async ({ ask }) => {
    expectRefusal(
      await ask({ ...nativeInput(), body: JSON.stringify({ max_gen_len: 16 }) }),
      400,
      "ValidationException",
      "Malformed input request: #: required key [prompt] not found, please reformat your input and try again.",
    );
  });

  cases.both("refuses another content type", async ({ ask }) => {
    expectRefusal(
      await ask({ ...nativeInput(), contentType: "text/plain" }),
      400,
      "ValidationException",
      "The provided Content Type is invalid or not supported for this model",
    );
  });

  retryCases(cases, column, nativeInput());
});
