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

  it.each(["", "{", "\ufeff{}", "[1,]"])("refuses text that isn't JSON: %j", (text) => {
    expect(() => parseJson(bytes(text))).toThrow(SyntaxError);
  });

  it("refuses bytes that aren't UTF-8", () => {
    expect(() => parseJson(new Uint8Array([0x22, 0xff, 0x22]))).toThrow(TypeError);
  });
});
