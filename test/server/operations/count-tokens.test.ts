import { describe, expect, it } from "vitest";

import { parseModelId } from "../../../src/bedrock/index.js";
import {
  type CountTokensOptions,
  type Engine,
  EngineBusyError,
  TextNotTokenizedError,
} from "../../../src/engine/index.js";
import type { Fleet } from "../../../src/fleet/index.js";
import { FaultPlan } from "../../../src/server/faults/fault-plan.js";
import { defaultLimits } from "../../../src/server/limits.js";
import { answer, type TestRequest, type TestServices, HELLO, serverContext } from "../support/ask.js";
import { MODEL, recordingEngine } from "../support/start.js";

const VISION = "meta.llama3-2-11b-instruct-v1:0";

function native(body: string, modelId = MODEL): TestRequest {
  const input = { invokeModel: { body: Buffer.from(body).toString("base64") } };
  return { path: `/model/${modelId}/count-tokens`, body: JSON.stringify({ input }) };
}

const COUNT = native('{"prompt":"one two three"}');

/** An engine that notes how each count is asked for. */
function countingEngine(others: Partial<Engine> = {}) {
  const counts: CountTokensOptions[] = [];
  const watched = recordingEngine(HELLO);
  const engine: Engine = {
    ...watched,
    countTokens(prompt, options = {}) {
      counts.push(options);
      return watched.countTokens(prompt, options);
    },
    ...others,
  };
  return { engine, counts };
}

/** A fleet that notes the deadline of each lease. @param leaseError - what a lease fails with */
function recordingFleet(engine: Engine, standIn: boolean, leaseError?: Error) {
  const deadlines: number[] = [];
  const services = serverContext({ engine, as: standIn ? undefined : parseModelId(MODEL)?.model });
  const { fleet } = services;
  const watched: Fleet = {
    serves: (model) => fleet.serves(model),
    capabilities: (model) => fleet.capabilities(model),
    lease(model, deadline, signal) {
      deadlines.push(deadline);
      return leaseError ? Promise.reject(leaseError) : fleet.lease(model, deadline, signal);
    },
    ready: () => fleet.ready(),
    health: () => fleet.health(),
    engines: () => [],
    upstreams: () => [],
    unavailable: () => fleet.unavailable(),
    loaded: () => fleet.loaded(),
    close: () => fleet.close(),
  };
  return { fleet: watched, deadlines };
}

const json = ({ bytes }: { readonly bytes: Buffer }) => JSON.parse(bytes.toString()) as unknown;

describe("CountTokens", () => {
  it.each([
    ["the model itself", false],
    ["a stand-in", true],
  ])("gives memory, loading and counting one deadline, for %s", async (_, standIn) => {
    const { engine, counts } = countingEngine();
    const { fleet, deadlines } = recordingFleet(engine, standIn);
    const limits = { ...defaultLimits, startMs: 5_000 };
    const before = Date.now();
    const answered = await answer({ fleet, limits }, COUNT);
    const after = Date.now();
    expect(answered.status).toBe(200);
    expect(json(answered)).toEqual({ inputTokens: expect.any(Number) as number });
    expect(counts).toHaveLength(1);
    expect(deadlines).toHaveLength(1);
    const [{ since = NaN, deadline }] = counts as [CountTokensOptions];
    expect(since).toBeGreaterThanOrEqual(before);
    expect(since).toBeLessThanOrEqual(after);
    expect(deadline).toBe(since + limits.startMs);
    expect(deadlines[0]).toBe(deadline);
  });

  it("doesn't begin to count once the stand-in wasn't loaded in time", async () => {
    const { engine, counts } = countingEngine({ model: () => new Promise(() => undefined) });
    const { fleet } = recordingFleet(engine, true);
    const { status, header } = await answer({ fleet, limits: { ...defaultLimits, startMs: 30 } }, COUNT);
    expect(status).toBe(429);
    expect(header("x-amzn-ErrorType")).toMatch(/^ModelNotReadyException:/u);
    expect(counts).toEqual([]);
  });

  const badHeaders = [
    ["x-cria-seed", "-1", "The header x-cria-seed must be a whole number from 0 to 4294967294."],
    ["x-cria-raw", "yes", "The header x-cria-raw must be true or false."],
  ] as const;

  describe.each([
    ["the model itself answers", false],
    ["a stand-in answers", true],
  ])("where %s", (_, standIn) => {
    it.each(badHeaders)("reads %s before it waits for anything", async (name, value, message) => {
      const { engine, counts } = countingEngine();
      // a wait would end in ThrottlingException
      const { fleet, deadlines } = recordingFleet(engine, standIn, new EngineBusyError("It's busy."));
      const faults = new FaultPlan([{ kind: "ServiceUnavailableException", count: 1 }]);
      const services: TestServices = { fleet, faults };
      const refused = await answer(services, { ...COUNT, headers: { [name]: value } });
      expect(refused.status).toBe(400);
      expect(json(refused)).toEqual({ message });
      expect(deadlines).toEqual([]);
      expect(counts).toEqual([]);
      // the fault is left for the next request
      expect((await answer(services, COUNT)).status).toBe(503);
      expect((await answer(services, COUNT)).status).toBe(429);
    });
  });

  it("checks the body before these headers, as InvokeModel does", async () => {
    const headers = { "x-cria-seed": "-1" };
    const counted = await answer({}, { ...native("{}"), headers });
    const invoked = await answer({}, { body: "{}", headers });
    expect(json(counted)).toMatchObject({ message: expect.stringContaining("[prompt] not found") as string });
    expect(json(counted)).toEqual(json(invoked));
  });

  it("says what a text exceeds that the tokenizer can't take, and so does InvokeModel", async () => {
    const refuse = () => Promise.reject(new TextNotTokenizedError("40 s"));
    const { engine } = countingEngine({ countTokens: refuse, generate: refuse });
    for (const request of [COUNT, { body: '{"prompt":"Hi"}' }]) {
      const refused = await answer({ engine, as: parseModelId(MODEL)?.model }, request);
      expect([refused.status, refused.header("x-amzn-ErrorType")]).toEqual([
        400,
        expect.stringContaining("ValidationException"),
      ]);
      expect(json(refused)).toEqual({ message: expect.stringContaining("more than 40 s") as string });
    }
  });

  it("says what isn't base64", async () => {
    const body = JSON.stringify({ input: { invokeModel: { body: "a_b-" } } });
    const refused = await answer({}, { path: `/model/${MODEL}/count-tokens`, body });
    expect([refused.status, json(refused)]).toEqual([400, { message: "Invalid Base64 character: '_'" }]);
  });

  it("refuses images as InvokeModel does, instead of leaving them out of the count", async () => {
    const body = '{"prompt":"Hi","images":["AAAA"]}';
    const counted = await answer({}, native(body, VISION));
    const invoked = await answer({}, { path: `/model/${VISION}/invoke`, body });
    expect(counted.status).toBe(400);
    expect(json(counted)).toEqual(json(invoked));
  });

  it.each([{ top_k: 5 }, { temperature: 2 }, { max_gen_len: 0 }])(
    "refuses the additional fields %j as Converse does",
    async (additionalModelRequestFields) => {
      const path = "/model/meta.llama3-3-70b-instruct-v1:0";
      const body = {
        messages: [{ role: "user", content: [{ text: "Hi" }] }],
        additionalModelRequestFields,
      };
      const counted = await answer(
        {},
        { path: `${path}/count-tokens`, body: JSON.stringify({ input: { converse: body } }) },
      );
      const conversed = await answer({}, { path: `${path}/converse`, body: JSON.stringify(body) });
      expect(counted.status).toBe(400);
      expect(json(counted)).toEqual(json(conversed));
    },
  );
});
