import { expect } from "vitest";

import { conformance } from "./support/conformance.js";
import { BASE_ID, PROFILE_ID } from "./support/inputs.js";
import { retryCases } from "./support/shared-cases.js";

conformance("GetInferenceProfile", (cases, column) => {
  const input = { inferenceProfileIdentifier: PROFILE_ID };

  cases.both("describes a profile and the models it routes to", async ({ ask }) => {
    const { output, error } = await ask(input);
    expect(error).toBeUndefined();
    const { inferenceProfileId, inferenceProfileArn, models = [] } = output ?? {};
    expect(inferenceProfileId).toBe(PROFILE_ID);
    expect(inferenceProfileArn).toMatch(/^arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d{12}:inference-profile\//u);
    expect(models.length).toBeGreaterThan(0);
    expect(models.filter((arn) => !arn.endsWith(`::foundation-model/${BASE_ID}`))).toEqual([]);
  });

  cases.both("accepts the profile's ARN", async ({ ask }) => {
    const { output: byId } = await ask(input);
    const { output } = await ask({ inferenceProfileIdentifier: byId?.inferenceProfileArn ?? "" });
    expect(output).toEqual(byId);
  });

  cases.both("refuses a model's own id", async ({ ask }) => {
    const { error, output } = await ask({ inferenceProfileIdentifier: BASE_ID });
    expect(output).toBeUndefined();
    expect(error).toMatchObject({ status: 404, name: "ResourceNotFoundException" });
  });

  retryCases(cases, column, input);
});
