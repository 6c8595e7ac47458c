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

/** Whether no continuation on further lines could make this JSON, as Node tells it. */
function isBroken(line: string): boolean {
  const text = `${line}\n`;
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    const { message } = error as SyntaxError;
    const position = /^Expected .* at position (\d+)/u.exec(message)?.[1];
    // what is missing at the very end may come on the next line; the rest of a string or a number may not
    const mayFollow = position !== undefined && Number(position) >= text.trimEnd().length;
    return !mayFollow && !message.includes("end of JSON input");
  }
}

describe("the line at which a text stops being JSON", () => {
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
  ])("is that of %j", (text) => {
    expect(isJson(text)).toBe(false);
    for (const lead of ["", "\n", " \r\n\t\n"]) {
      for (const tail of ["\n", "\n\n", '\n{"more": [1]}\n']) {
        expect(jsonErrorLine(`${lead}${text}${tail}`)).toBe(lead.split("\n").length);
      }
    }
  });

  it("is the last where only the rest is missing", () => {
    for (const text of ["", "\n", "{", '{\n"keys": [\n', "[1,\n2\n\n", '{"a":\n', '{"a"\n', '[\n"begun']) {
      expect(jsonErrorLine(text)).toBe(text.split("\n").length);
    }
  });

  it("is where the text was cut, wherever that is", () => {
    const cut = fc.tuple(json, fc.nat()).map(([text, at]) => text.slice(0, at % text.length));
    fc.assert(
      fc.property(cut, (text) => {
        fc.pre(!isJson(text));
        expect(jsonErrorLine(text)).toBe(text.split("\n").length);
      }),
    );
  });

  it("is where something was put in that stands nowhere in JSON", () => {
    fc.assert(
      fc.property(json, fc.nat(), (text, any) => {
        const at = any % (text.length + 1);
        const broken = `${text.slice(0, at)}\u0001${text.slice(at)}\n\n`;
        expect(jsonErrorLine(broken)).toBe(lineAt(text, at));
      }),
    );
  });

  it("is the first exactly where Node finds that no further line could help", () => {
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
        // the third line is broken, if the first isn't
        expect(jsonErrorLine(`${line}\n\n\u0001`)).toBe(isBroken(line) ? 1 : 3);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("the work on a text", () => {
  const LINES = 4_000;
  const key = '{"accessKeyId": "CRIA1", "secretAccessKey": "wJalrXUtnFEMI"}';

  it.each([
    ["many lines", `{"keys": [\n${`${key},\n`.repeat(LINES)}${key} x`],
    ["one long line", `{"keys": [${`${key},`.repeat(LINES)}x`],
    ["one long string", `["${"\\u0041".repeat(20 * LINES)}\n`],
    ["one long word", `[${"1".repeat(100 * LINES)}x\n]`],
    ["deep brackets", `${"[\n".repeat(20 * LINES)}x`],
    ["nothing but white space", " \n".repeat(20 * LINES)],
  ])("of %s is a step for each character, and none is parsed twice", (_, text) => {
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
