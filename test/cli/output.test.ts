import { afterEach, expect, it, onTestFinished, vi } from "vitest";

import { notify, print, table } from "../../src/cli/output.js";

afterEach(() => void vi.restoreAllMocks());

it("makes columns as wide as their longest cell and aligns the given ones to the right", () => {
  const rows = [
    ["a", "1", "x"],
    ["bcd", "1000", ""],
  ];
  expect(table(rows, [1])).toBe("a       1  x\nbcd  1000\n");
});

it("formats no rows as an empty string", () => {
  expect(table([])).toBe("");
});

it.each([
  ["a name with a command for the terminal", "\u001b]52;c;cm0=\u0007x", "\\u001b]52;c;cm0=\\u0007x"],
  ["a name that begins a line of its own", "x\nmeta.llama: real", "x\\u000ameta.llama: real"],
  ["a name in another order", "x\u202efugg", "x\\u202efugg"],
])("a table shows %s as what it is, in its column", (_, name, shown) => {
  expect(
    table([
      ["NAME", "SIZE"],
      [name, "1"],
    ]),
  ).toBe(`${"NAME".padEnd(shown.length)}  SIZE\n${shown}  1\n`);
});

it("a message can't control the terminal", () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  notify("HTTP 500: \u001b[2J\u009b31mall is well\nsecond line");
  expect(write.mock.calls).toEqual([["cria: HTTP 500: \\u001b[2J\\u009b31mall is well\nsecond line\n"]]);
});

it.each([
  [true, "\\u001b[2Jon a terminal\n\t\\u009b"],
  [false, "\u001b[2Jon a terminal\n\t\u009b"],
])("an answer can't control the terminal (%s); a file or program gets it as it is", async (isTTY, shown) => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const before = process.stdout.isTTY;
  process.stdout.isTTY = isTTY;
  onTestFinished(() => void (process.stdout.isTTY = before));
  await print("\u001b[2Jon a terminal\n\t\u009b");
  expect(write.mock.calls).toEqual([[shown]]);
});
