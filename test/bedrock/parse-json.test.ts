import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { MAX_JSON_VALUES, parseJson } from "../../src/bedrock/parse-json.js";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A list with so many values, including itself. Each is two bytes long. */
const list = (values: number) =>
  `[${Array<string>(values - 1)
    .fill("10")
    .join(",")}]`;

describe("parseJson", () => {
  it.each([
    ["values in lists", list(MAX_JSON_VALUES), list(MAX_JSON_VALUES + 1)],
    [
      "lists in lists",
      `${"[".repeat(MAX_JSON_VALUES - 1)}10${"]".repeat(MAX_JSON_VALUES - 1)}`,
      `${"[".repeat(MAX_JSON_VALUES)}10${"]".repeat(MAX_JSON_VALUES)}`,
    ],
    [
      "objects in objects",
      `${'{"a":'.repeat(MAX_JSON_VALUES - 1)}1${"}".repeat(MAX_JSON_VALUES - 1)}`,
      `${'{"a":'.repeat(MAX_JSON_VALUES)}1${"}".repeat(MAX_JSON_VALUES)}`,
    ],
  ])("accepts MAX_JSON_VALUES and no more: %s", (_, most, tooMany) => {
    expect(() => parseJson(bytes(most))).not.toThrow();
    expect(() => parseJson(bytes(tooMany))).toThrow(RangeError);
  });

  it("doesn't count inside strings", () => {
    const text = '[{,\\"[{,\\\\'.repeat(MAX_JSON_VALUES / 4);
    expect(parseJson(bytes(`{"prompt":"${text}"}`))).toEqual({ prompt: JSON.parse(`"${text}"`) as string });
  });

  it("finds the end of any string", () => {
    const piece = fc.tuple(
      fc.constantFrom("a", "é", "😀", '"', "\\", '\\"', "\\\\", '[{,"', "\n"),
      fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 50, max: 200 })),
    );
    const text = fc
      .array(piece, { maxLength: 8 })
      .map((parts) => parts.map(([unit, n]) => unit.repeat(n)).join(""));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (texts) => {
        // the outermost list is a value too
        const rest = Array<string>(MAX_JSON_VALUES - texts.length - 1).fill("10");
        const values = [...texts.map((each) => JSON.stringify(each)), ...rest];
        expect(parseJson(bytes(`[${values.join(",")}]`))).toHaveLength(values.length);
        expect(() => parseJson(bytes(`[${values.join(",")},1]`))).toThrow(RangeError);
      }),
      { numRuns: 50 },
    );
  });

  it.each(["", "{", "\ufeff{}", "[1,]"])("refuses text that isn't JSON: %j", (text) => {
    expect(() => parseJson(bytes(text))).toThrow(SyntaxError);
  });

  it("refuses bytes that aren't UTF-8", () => {
    expect(() => parseJson(new Uint8Array([0x22, 0xff, 0x22]))).toThrow(TypeError);
  });
});
