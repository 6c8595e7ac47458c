import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";

import { jsonErrorLine } from "../../../src/server/access/json-error-line.js";

/** JSON over several lines. */
const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value, undefined, 1));

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const lineAt = (text: string, at: number): number => text.slice(0, at).split("\n").length;

/** Whether this line is invalid whatever lines follow, according to `JSON.parse`. */
function isBroken(line: string): boolean {
  const text = `${line}\n`;
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    const { message } = error as SyntaxError;
    const position = /^Expected .* at position (\d+)/u.exec(message)?.[1];
    // a missing token at the very end may come on the next line; the rest of a string or a number may not
    const mayFollow = position !== undefined && Number(position) >= text.trimEnd().length;
    return !mayFollow && !message.includes("end of JSON input");
  }
}

describe("the line where a text stops being JSON", () => {
  it.each([
    "[1 2]",
    '{"a" 1}',
    "{a: 1}",
    "{1: 2}",
    '{"a"}',
    '{"a",}',
    '{"a": 1,}',
    '{"a": 1 "b"',
    "{,",
    "[,",
    "[1,]",
    "[1,,",
    "]",
    "[}",
    "{]",
    '{"a": 1]',
    "[1}",
    "1 2",
    "1,",
    "{} {}",
    "01",
    "-",
    "1.e",
    "tru",
    "nul l",
    "NaN",
    "'a'",
    '"\\x"',
    '"\\u12g4"',
    '"\t"',
    '"a"b',
    '"a""b"',
    "\u00a0",
    "\ufeff{}",
    "/* */",
    '"begun',
  ])("is the line of %j", (text) => {
    expect(isJson(text)).toBe(false);
    for (const lead of ["", "\n", " \r\n\t\n"]) {
      for (const tail of ["\n", "\n\n", '\n{"more": [1]}\n']) {
        expect(jsonErrorLine(`${lead}${text}${tail}`)).toBe(lead.split("\n").length);
      }
    }
  });

  it("is the last line of an incomplete text", () => {
    for (const text of ["", "\n", "{", '{\n"keys": [\n', "[1,\n2\n\n", '{"a":\n', '{"a"\n', '[\n"begun']) {
      expect(jsonErrorLine(text)).toBe(text.split("\n").length);
    }
  });

  it("is the last line of a text that was cut anywhere", () => {
    const cut = fc.tuple(json, fc.nat()).map(([text, at]) => text.slice(0, at % text.length));
    fc.assert(
      fc.property(cut, (text) => {
        fc.pre(!isJson(text));
        expect(jsonErrorLine(text)).toBe(text.split("\n").length);
      }),
    );
  });

  it("is the line of an inserted character that JSON allows nowhere", () => {
    fc.assert(
      fc.property(json, fc.nat(), (text, any) => {
        const at = any % (text.length + 1);
        const broken = `${text.slice(0, at)}\u0001${text.slice(at)}\n\n`;
        expect(jsonErrorLine(broken)).toBe(lineAt(text, at));
      }),
    );
  });

  it("is the first line exactly if JSON.parse finds that no further lines could make it valid", () => {
    const parts = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      " ",
      "\t",
      '"a"',
      '"',
      "\\",
      "1",
      "-",
      "0",
      ".",
      "e",
      "true",
      "x",
    ];
    const text = fc.array(fc.constantFrom(...parts), { maxLength: 8 }).map((each) => each.join(""));
    fc.assert(
      fc.property(text, (line) => {
        fc.pre(!isJson(line));
        // the third line is invalid if the first isn't
        expect(jsonErrorLine(`${line}\n\n\u0001`)).toBe(isBroken(line) ? 1 : 3);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("the cost of finding the line", () => {
  const LINES = 4_000;
  const key = '{"accessKeyId": "CRIA1", "secretAccessKey": "wJalrXUtnFEMI"}';

  it.each([
    ["many lines", `{"keys": [\n${`${key},\n`.repeat(LINES)}${key} x`],
    ["one long line", `{"keys": [${`${key},`.repeat(LINES)}x`],
    ["one long string", `["${"\\u0041".repeat(20 * LINES)}\n`],
    ["one long word", `[${"1".repeat(100 * LINES)}x\n]`],
    ["deep brackets", `${"[\n".repeat(20 * LINES)}x`],
    ["white space", " \n".repeat(20 * LINES)],
  ])("in %s is one step per character, and no character is parsed twice", (_, text) => {
    let steps = 0;
    function* characters(): Generator<string> {
      for (const char of text) {
        steps += 1;
        yield char;
      }
    }
    const parse = vi.spyOn(JSON, "parse");
    try {
      expect(jsonErrorLine(characters())).toBe(
        text.trimEnd() === "" ? text.split("\n").length : lineAt(text, text.search(/(?:x|\n)[\n\]]*$/u)),
      );
      expect(steps).toBeLessThanOrEqual(text.length);
      const parsed = parse.mock.calls.reduce((sum, [part]) => sum + part.length, 0);
      expect(parsed).toBeLessThanOrEqual(text.length);
    } finally {
      parse.mockRestore();
    }
  });
});
