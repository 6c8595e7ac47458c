import { expect } from "vitest";

import { conformance } from "./support/conformance.js";
import { PROFILE_ID } from "./support/inputs.js";
import { retryCases } from "./support/shared-cases.js";

conformance("ListInferenceProfiles", (cases, column) => {
  cases.both("lists profiles by their ids, each once", async ({ ask }) => {
    const { output, error } = await ask({});
    expect(error).toBeUndefined();
    const ids = output?.inferenceProfileIds ?? [];
    expect(ids).toContain(PROFILE_ID);
    expect(new Set(ids).size).toBe(ids.length);
  });

  cases.cria("lists only the profiles of the caller's region", {}, async ({ ask, cria }) => {
    const { output } = await ask({});
    const ids = output?.inferenceProfileIds ?? [];
    expect(ids.filter((id) => !/^(?:us|global)\./u.test(id))).toEqual([]);
    expect(await cria.records(1)).toMatchObject([{ operation: "ListInferenceProfiles", status: 200 }]);
  });

  retryCases(cases, column, {});
});
