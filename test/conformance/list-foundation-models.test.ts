import { expect } from "vitest";

import { llamaModels } from "../../src/bedrock/index.js";
import { conformance } from "./support/conformance.js";
import { BASE_ID } from "./support/inputs.js";
import { retryCases } from "./support/shared-cases.js";

conformance("ListFoundationModels", (cases, column) => {
  cases.both("lists models by their ids, each once", async ({ ask }) => {
    const { output, error } = await ask({});
    expect(error).toBeUndefined();
    const ids = output?.modelIds ?? [];
    expect(ids).toContain(BASE_ID);
    expect(new Set(ids).size).toBe(ids.length);
  });

  cases.cria("lists every Llama model that Bedrock has or had", {}, async ({ ask, cria }) => {
    const { output } = await ask({});
    expect(output?.modelIds).toEqual(expect.arrayContaining(llamaModels.map(({ id }) => id)));
    expect(await cria.records(1)).toMatchObject([{ operation: "ListFoundationModels", status: 200 }]);
  });

  retryCases(cases, column, {});
});
