import { describe, expect, it } from "vitest";

import { createScriptedEngine } from "../../../src/engine/index.js";
import { ClientGoneError } from "../../../src/server/errors.js";
import { FaultPlan } from "../../../src/server/faults/fault-plan.js";
import type { AcceptedEvent, RequestEvent } from "../../../src/server/observe/index.js";
import { ask, type TestRequest, type TestServices, HELLO, serverContext } from "../support/ask.js";
import { collectingExchange } from "../support/exchange.js";
import { INVOKE, MODEL, STREAM } from "../support/start.js";
import { handle } from "../../../src/server/handle.js";

async function eventsOf(
  services: TestServices = {},
  asked: TestRequest = {},
): Promise<readonly RequestEvent[]> {
  const { events, done } = ask(services, asked);
  await done;
  return events;
}

const typesOf = (events: readonly RequestEvent[]) => events.map(({ type }) => type);

const TOKENS = ["token", "token", "token", "token"];

describe("the events of a request", () => {
  it("are told in the order in which things happen, a stream's tokens after its head", async () => {
    expect(typesOf(await eventsOf({}, { path: STREAM }))).toEqual([
      ...[
        "routed",
        "modelNamed",
        "modelFound",
        "generationAsked",
        "modelChosen",
        "admitted",
        "promptCounted",
      ],
      "responded",
      ...TOKENS,
      ...["stopped", "ended"],
    ]);
  });

  it("have a whole answer's tokens before its head", async () => {
    expect(typesOf(await eventsOf())).toEqual([
      ...[
        "routed",
        "modelNamed",
        "modelFound",
        "generationAsked",
        "modelChosen",
        "admitted",
        "promptCounted",
      ],
      ...TOKENS,
      ...["stopped", "responded", "ended"],
    ]);
  });

  it("say what is known, and no text of a prompt or a generation", async () => {
    const events = await eventsOf({ as: undefined }, { path: STREAM, body: '{"prompt":"secret-prompt"}' });
    expect(events).toMatchObject([
      { operation: "InvokeModelWithResponseStream" },
      { modelId: MODEL },
      { modelId: MODEL, mapped: false },
      { maxTokens: 512, temperature: 0.5, topP: 0.9 },
      { name: "scripted", standIn: true },
      { waitMs: expect.any(Number) as number },
      { tokens: 7 },
      { status: 200 },
      ...[1, 2, 3, 4].map((count) => ({ count })),
      { reason: "stop" },
      { durationMs: expect.any(Number) as number },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/secret-prompt|Hel|lo"/u);
  });

  it("tell one end of a generation, in Converse's words", async () => {
    const body = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hi" }] }] });
    const events = await eventsOf({}, { path: `/model/${MODEL}/converse`, body });
    expect(events.filter(({ type }) => type === "stopped")).toEqual([
      { type: "stopped", reason: "end_turn" },
    ]);
  });

  it("tell a refusal, and that it was answered", async () => {
    const events = await eventsOf({}, { body: "{}" });
    expect(typesOf(events)).toEqual([
      ...["routed", "modelNamed", "modelFound"],
      ...["refused", "responded", "ended"],
    ]);
    expect(events).toContainEqual({ type: "responded", status: 400, streamed: false });
  });

  it("tell nothing of an operation that isn't there, but that it was answered", async () => {
    const events = await eventsOf({}, { path: "/nothing" });
    expect(events).toMatchObject([{ type: "responded", status: 404 }, { type: "ended" }]);
  });

  it("tell a stream's failure behind its head", async () => {
    const engine = createScriptedEngine({ script: { ...HELLO, failAfter: 1 } });
    const events = await eventsOf({ engine }, { path: STREAM });
    expect(typesOf(events).slice(-4)).toEqual(["responded", "token", "failed", "ended"]);
  });

  it("tell each fault that is injected", async () => {
    const faults = new FaultPlan([{ kind: "cut", after: 1 }]);
    const events = await eventsOf({ faults }, { path: STREAM });
    expect(events).toContainEqual({ type: "faultInjected", kind: "cut" });
    expect(events.at(-2)).toMatchObject({ type: "aborted", by: "fault" });
  });

  it("tell that the client has left", async () => {
    const signal = AbortSignal.abort(new ClientGoneError());
    const events = await eventsOf({}, { signal });
    expect(events.at(-2)).toMatchObject({ type: "aborted", by: "client" });
    expect(events.at(-1)).toMatchObject({ type: "ended" });
  });
});

it("every watcher follows every request, each with its own events", async () => {
  const told: [number, string, AcceptedEvent | RequestEvent][] = [];
  const watcher = (n: number) => (accepted: AcceptedEvent) => {
    told.push([n, accepted.requestId, accepted]);
    return (event: RequestEvent) => void told.push([n, accepted.requestId, event]);
  };
  const context = serverContext({ watchers: [watcher(0), watcher(1)] });
  const request = { method: "POST", path: INVOKE, headers: {}, body: '{"prompt":"Hi"}' };
  await Promise.all([1, 2].map(() => handle(collectingExchange(request).exchange, context)));
  const ids = new Set(told.map(([, id]) => id));
  expect(ids.size).toBe(2);
  for (const id of ids) {
    const [first, second] = [0, 1].map((n) => told.filter(([m, of]) => m === n && of === id));
    expect(first?.map(([, , event]) => event)).toEqual(second?.map(([, , event]) => event));
    expect(first?.[0]?.[2]).toMatchObject({ type: "accepted", method: "POST", path: INVOKE });
    expect(first?.at(-1)?.[2].type).toBe("ended");
  }
});
