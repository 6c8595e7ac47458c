import fc from "fast-check";

import { weirdJson, weirdText } from "./weird.js";

const utf8 = new TextEncoder();

/** The UTF-8 bytes of a text, one character for each byte. */
export function bytesOf(text: string): string {
  return Buffer.from(utf8.encode(text)).toString("latin1");
}

/** Prompts with a special answer in the engine's script; see `server/child.mjs`. */
const prompt = fc.oneof(fc.constantFrom("Hi", "die now", "[INST] Hi [/INST]"), weirdText);

const native = fc.record(
  {
    prompt,
    temperature: fc.double({ min: 0, max: 1, noNaN: true }),
    top_p: fc.double({ min: 0, max: 1, noNaN: true }),
    max_gen_len: fc.integer({ min: 1, max: 20 }),
  },
  { requiredKeys: ["prompt"] },
);

const block = prompt.map((text) => ({ text }));

const id = fc.constantFrom("t1", "t2");

/** A block of any kind: of tools, of images, or several at once. */
const strangeBlock = fc.record(
  {
    text: prompt,
    toolUse: fc.record({
      toolUseId: id,
      name: fc.constant("add"),
      input: fc.constantFrom({}, { a: "die" }, 5),
    }),
    toolResult: fc.record({ toolUseId: id, content: fc.array(block, { maxLength: 2 }) }),
    image: fc.constant({ format: "png", source: { bytes: "aGk=" } }),
  },
  { requiredKeys: [] },
);

/** A round of calls and their results, which every rule allows where tools are declared. */
const round = fc.uniqueArray(id, { minLength: 1 }).map((ids) => [
  {
    role: "assistant",
    content: ids.map((toolUseId) => ({ toolUse: { toolUseId, name: "add", input: { a: 1 } } })),
  },
  {
    role: "user",
    content: ids.map((toolUseId) => ({ toolResult: { toolUseId, content: [{ text: "5" }] } })),
  },
]);

const spec = { name: "add", inputSchema: { json: { type: "object", properties: {} } } };
/** Mostly none: most models here take no tools. */
const toolConfig = fc.constantFrom<object | undefined>(
  undefined,
  undefined,
  undefined,
  { tools: [{ toolSpec: spec }], toolChoice: { auto: {} } },
  { tools: [{ toolSpec: { ...spec, description: "Adds." } }] },
  { tools: [{ toolSpec: spec }, { toolSpec: spec }] },
  { tools: [] },
);

const conversation = fc.record(
  {
    messages: fc.oneof(
      {
        arbitrary: fc
          .array(fc.array(block, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 })
          .map((turns) => turns.map((content, i) => ({ role: i % 2 === 0 ? "user" : "assistant", content }))),
        weight: 4,
      },
      {
        arbitrary: fc
          .tuple(block, fc.array(round, { maxLength: 3 }))
          .map(([text, rounds]) => [{ role: "user", content: [text] }, ...rounds.flat()]),
        weight: 2,
      },
      {
        arbitrary: fc.array(
          fc.record({
            role: fc.constantFrom("user", "assistant"),
            content: fc.array(strangeBlock, { minLength: 1, maxLength: 3 }),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        weight: 1,
      },
    ),
    toolConfig,
    system: fc.array(block, { maxLength: 2 }),
    inferenceConfig: fc.record(
      {
        maxTokens: fc.integer({ min: 1, max: 20 }),
        temperature: fc.double({ min: 0, max: 1, noNaN: true }),
        stopSequences: fc.array(fc.constantFrom("lo", "H", "never", "o"), { maxLength: 4 }),
      },
      { requiredKeys: [] },
    ),
    additionalModelRequestFields: fc.constantFrom({}, { top_p: 0.5 }, { top_k: 1 }),
    additionalModelResponseFieldPaths: fc.array(fc.constantFrom("/stop_reason", "/nothing", "bad", "/~2"), {
      maxLength: 3,
    }),
  },
  { requiredKeys: ["messages"] },
);

const counted = fc.oneof(
  native.map((value) => ({
    input: { invokeModel: { body: Buffer.from(JSON.stringify(value)).toString("base64") } },
  })),
  conversation.map((converse) => ({ input: { converse } })),
);

const json = (value: fc.Arbitrary<object>) => value.map((made) => JSON.stringify(made));

/** A valid input of each operation, as JSON. */
export const rightBodies = {
  invoke: json(native),
  "invoke-with-response-stream": json(native),
  converse: json(conversation),
  "converse-stream": json(conversation),
  "count-tokens": json(counted),
};

/** A valid input of some operation. */
const rightJson: fc.Arbitrary<string> = fc.oneof(...Object.values(rightBodies));

/** A valid body with one of its values replaced. */
const wrongJson = fc.tuple(rightJson, fc.nat(), weirdJson).map(([json, which, value]) => {
  // string values, and numbers
  const places = [...json.matchAll(/"(?:[^"\\]|\\.)*"(?!:)|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gu)];
  const place = places[which % Math.max(1, places.length)];
  if (!place) return value;
  return `${json.slice(0, place.index)}${value}${json.slice(place.index + place[0].length)}`;
});

/** A valid body with a key renamed or added. */
const strangeKeys = fc
  .tuple(
    rightJson,
    fc.constantFrom("__proto__", "constructor", "prompt", "messages", "", "k".repeat(1_000)),
    weirdJson,
  )
  .map(([json, key, value]) => `{${JSON.stringify(key)}:${value},${json.slice(1)}`);

/** A body, one character for each byte: valid, nearly valid, or garbage. */
export const body: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: rightJson.map(bytesOf), weight: 20 },
  { arbitrary: wrongJson.map(bytesOf), weight: 20 },
  { arbitrary: strangeKeys.map(bytesOf), weight: 10 },
  { arbitrary: weirdJson.map(bytesOf), weight: 5 },
  {
    arbitrary: fc.tuple(rightJson, fc.nat(300)).map(([json, length]) => bytesOf(json).slice(0, length)),
    weight: 5,
  },
  {
    arbitrary: fc.tuple(rightJson, fc.nat(), fc.nat(255)).map(([json, at, byte]) => {
      const bytes = Buffer.from(json);
      bytes[at % bytes.length] = byte;
      return bytes.toString("latin1");
    }),
    weight: 5,
  },
  {
    arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
    weight: 5,
  },
  // longer than the limit
  { arbitrary: fc.constantFrom(250_000, 700_000).map((length) => " ".repeat(length)), weight: 1 },
);
