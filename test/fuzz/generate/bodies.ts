import fc from "fast-check";

import { weirdJson, weirdText } from "./weird.js";

const utf8 = new TextEncoder();

/** Text as its bytes in UTF-8, a character a byte. */
export function bytesOf(text: string): string {
  return Buffer.from(utf8.encode(text)).toString("latin1");
}

/** Prompts that the engine's script has an answer of its own for; see `server/child.mjs`. */
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

const conversation = fc.record(
  {
    messages: fc
      .array(fc.array(block, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 })
      .map((turns) => turns.map((content, i) => ({ role: i % 2 === 0 ? "user" : "assistant", content }))),
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

/** What each operation takes, as JSON. */
export const rightBodies = {
  invoke: json(native),
  "invoke-with-response-stream": json(native),
  converse: json(conversation),
  "converse-stream": json(conversation),
  "count-tokens": json(counted),
};

/** What some operation takes. */
const rightJson: fc.Arbitrary<string> = fc.oneof(...Object.values(rightBodies));

/** A right body with one of its values replaced by another. */
const wrongJson = fc.tuple(rightJson, fc.nat(), weirdJson).map(([json, which, value]) => {
  // strings that aren't keys, and numbers
  const places = [...json.matchAll(/"(?:[^"\\]|\\.)*"(?!:)|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gu)];
  const place = places[which % Math.max(1, places.length)];
  if (!place) return value;
  return `${json.slice(0, place.index)}${value}${json.slice(place.index + place[0].length)}`;
});

/** A right body with a key renamed, or one more. */
const strangeKeys = fc
  .tuple(
    rightJson,
    fc.constantFrom("__proto__", "constructor", "prompt", "messages", "", "k".repeat(1_000)),
    weirdJson,
  )
  .map(([json, key, value]) => `{${JSON.stringify(key)}:${value},${json.slice(1)}`);

/** A body's bytes, a character a byte: right, nearly right, or nothing of the sort. */
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
  // more than the limit
  { arbitrary: fc.constantFrom(250_000, 700_000).map((length) => " ".repeat(length)), weight: 1 },
);
