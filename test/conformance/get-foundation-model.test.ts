import { expect } from "vitest";

import { conformance } from "./support/conformance.js";
import { BASE_ID, modelIdForms } from "./support/inputs.js";
import { expectRefusal, INVALID_ID, retryCases } from "./support/shared-cases.js";

conformance("GetFoundationModel", (cases, column) => {
  const input = { modelIdentifier: BASE_ID };

  cases.both("describes a model", async ({ ask }) => {
    const { output, error } = await ask(input);
    expect(error).toBeUndefined();
    expect(output).toEqual({
      modelId: BASE_ID,
      modelArn: expect.stringMatching(/^arn:aws[a-z-]*:bedrock:[a-z0-9-]+::foundation-model\//u) as string,
      providerName: "Meta",
    });
    expect(output?.modelArn?.endsWith(`/${BASE_ID}`)).toBe(true);
  });

  for (const [form, modelIdentifier] of modelIdForms) {
    cases.cria(`takes ${form}`, {}, async ({ ask }) => {
      const { output } = await ask({ modelIdentifier });
      expect(output).toMatchObject({ modelId: BASE_ID });
    });
  }

  cases.both("refuses an unknown model id", async ({ ask }) => {
    const answer = await ask({ modelIdentifier: "nobody.knows-this-v1:0" });
    expectRefusal(answer, 400, "ValidationException", INVALID_ID);
  });

  retryCases(cases, column, input);
});
