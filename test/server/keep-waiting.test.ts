import { expect, test } from "vitest";

import { streamLlama } from "../../src/client/index.js";
import { createScriptedEngine } from "../../src/engine/index.js";
import { MessageDecoder } from "../../src/event-stream/index.js";
import { FaultPlan } from "../../src/server/faults/fault-plan.js";
import { defaultLimits, operationNames, parseFault, serve } from "../../src/server/index.js";
import { answer } from "./support/ask.js";
import { MODEL, STREAM, watchedEngine } from "./support/start.js";

const limits = { ...defaultLimits, silenceMs: 20 };
/** A prompt that takes long, and a second token that does. */
const SLOW = { tokens: [{ text: "a", delayMs: 110 }, { text: "b", delayMs: 60 }, "c"] };

/** The types of the frames, each run of equal ones once. */
function types(bytes: Uint8Array): string[] {
  const decoder = new MessageDecoder();
  const all = [...decoder.push(bytes)].map(({ headers }) =>
    String((headers.get(":exception-type") ?? headers.get(":event-type"))?.value),
  );
  decoder.finish();
  return all.filter((type, i) => type !== all[i - 1]);
}

test("a stream isn't silent while its prompt is evaluated, and only then", async () => {
  const engine = createScriptedEngine({ script: SLOW });
  const { bytes } = await answer({ engine, limits }, { path: STREAM });
  expect(types(bytes)).toEqual(["criaKeepAlive", "chunk"]);
});

test("neither is Converse's, after its first event", async () => {
  const engine = createScriptedEngine({ script: SLOW });
  const path = `/model/${MODEL}/converse-stream`;
  const body = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hi" }] }] });
  const { bytes } = await answer({ engine, limits }, { path, body });
  expect(types(bytes)).toEqual([
    "messageStart",
    "criaKeepAlive",
    "contentBlockDelta",
    "contentBlockStop",
    "messageStop",
    "metadata",
  ]);
});

test("one that has its first token soon has no such frame", async () => {
  const { bytes } = await answer({ limits: defaultLimits }, { path: STREAM });
  expect(types(bytes)).toEqual(["chunk"]);
});

test("a failure in place of the first token ends it like every other", async () => {
  const engine = createScriptedEngine({ script: { tokens: ["a"], delayMs: 110, failAfter: 0 } });
  const { bytes } = await answer({ engine, limits }, { path: STREAM });
  expect(types(bytes)).toEqual(["criaKeepAlive", "modelStreamErrorException"]);
});

test("the silence of a fault stays silent", async () => {
  const faults = new FaultPlan([parseFault("slow,ms=110", operationNames)]);
  const { bytes } = await answer({ limits, faults }, { path: STREAM });
  expect(types(bytes)).toEqual(["chunk"]);
});

test("those who are kept waiting aren't refused for a long prompt, the others are", async () => {
  const engine = watchedEngine(SLOW);
  await answer({ engine, limits }, { path: STREAM });
  await answer({ engine, limits });
  expect(engine.requests.map(({ patient }) => patient)).toEqual([true, false]);
});

test("a program with an SDK sees the tokens and nothing else", async () => {
  await using server = await serve({ engine: createScriptedEngine({ script: SLOW }), limits });
  const texts = [];
  for await (const { generation } of streamLlama({ on: server, prompt: "Hi" })) texts.push(generation);
  expect(texts.join("")).toBe("abc");
});
