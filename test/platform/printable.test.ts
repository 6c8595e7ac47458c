import { expect, test } from "vitest";

import { printable, printableLine } from "../../src/platform/index.js";

test.for([
  ["a title for the window", "\u001b]0;owned\u0007"],
  ["the clipboard (OSC 52)", "\u001b]52;c;cm0gLXJmIH4=\u001b\\"],
  ["a screen that is cleared (CSI)", "\u001b[2J\u001b[H"],
  ["a link whose text lies (OSC 8)", "\u001b]8;;https://evil.example\u0007here\u001b]8;;\u0007"],
  ["commands of one character (C1)", "\u009b31m\u009d0;x\u009c\u0090q\u0085"],
  ["a line that is overwritten", "cria: deleted /etc/passwd\rcria: all is well"],
  ["letters that are taken back", "rm -rf\b\b\b\b\b\bls    \u007f"],
  ["bells, and a terminal that answers", "\u0007\u0005"],
  ["another order than it has", "gpj.\u202eexe\u202c \u2066x\u2069"],
])("a text can't have %s", ([, text = ""]) => {
  const shown = printable(text);
  expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u);
  // and nothing of it is lost
  expect(JSON.parse(`"${shown.replace(/\\(?!u[0-9a-f]{4})/gu, "\\\\")}"`)).toBe(text);
});

test.for([
  "Grüße, 日本語, עברית, العربية, 👩‍👩‍👧 and e\u0301",
  "line\nline\r\n\tindented",
  "right-to-left marks: \u200f \u200e \u061c",
  "",
])("what controls nothing stays as it is: %j", (text) => {
  expect(printable(text)).toBe(text);
});

test("JSON stays the same JSON", () => {
  const value = { name: 'a"\u001b[31m\u009b\u202e\n', "\u007f": ["\u2066"] };
  expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
  expect(JSON.parse(printable(JSON.stringify(value, undefined, 2)))).toEqual(value);
});

test("a name stays in its line", () => {
  expect(printableLine("a\nb\tc\r\nd\u2028e")).toBe("a\\u000ab\\u0009c\\u000d\\u000ad\\u2028e");
});
