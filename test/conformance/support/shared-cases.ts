import { expect } from "vitest";

import type { Answer, Failure, Input } from "./answer.js";
import { behaviourOf } from "./behaviour.js";
import type { Column } from "./columns.js";
import type { Cases } from "./conformance.js";
import { modelIdForms } from "./inputs.js";

/** Bedrock's message for an unknown id (recorded). */
export const INVALID_ID = "The provided model identifier is invalid.";

/** Expects Bedrock's refusal as the SDK reports it. A refused stream has no events. */
export function expectRefusal(answer: Answer, status: number, name: string, message: string): void {
  const { error, events = [], output } = answer;
  expect({ error, events, output }).toEqual({
    error: { name, status, message } satisfies Failure,
    events: [],
    output: undefined,
  });
}

/** Every form of a model's id; which of them AWS accepts depends on model and account. */
export function modelIdCases(cases: Cases, input: Input): void {
  for (const [form, modelId] of modelIdForms) {
    cases.cria(`takes ${form}`, {}, async ({ ask, cria }) => {
      const answer = await ask({ ...input, modelId });
      expect(answer.error).toBeUndefined();
      expect(answer.output).toBeDefined();
      expect(await cria.records(1)).toMatchObject([{ modelId, standIn: false, status: 200 }]);
    });
  }
}

export function unknownModelCase(cases: Cases, input: Input): void {
  cases.both("refuses an unknown model id", async ({ ask }) => {
    const answer = await ask({ ...input, modelId: "nobody.knows-this-v1:0" });
    expectRefusal(answer, 400, "ValidationException", INVALID_ID);
  });
}

const passing = [
  {
    kind: "ThrottlingException",
    status: 429,
    message: "Too many requests, please wait before trying again.",
    fact: "throttled",
  },
  {
    kind: "ServiceUnavailableException",
    status: 503,
    message: "Bedrock is unable to process your request.",
    fact: "unavailable",
  },
] as const;

/** 429 and 503: the SDK retries a transient error and reports a persistent one. */
export function retryCases(cases: Cases, column: Column, input: Input): void {
  const { attempts } = behaviourOf(column);
  for (const { kind, status, message, fact } of passing) {
    cases.cria(`asks again after ${status}`, { faults: [{ kind, count: 2 }] }, async ({ ask, cria }) => {
      const answer = await ask(input);
      expect(answer.error).toBeUndefined();
      expect((await cria.records(3)).map((record) => record["status"])).toEqual([status, status, 200]);
    });

    cases.cria(`gives up where ${status} stays`, { faults: [{ kind }] }, async ({ ask, cria, observe }) => {
      expectRefusal(await ask(input), status, kind, message);
      const records = await cria.records(attempts);
      observe(fact, `${records.length} attempts`);
    });
  }
}
