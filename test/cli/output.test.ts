import { expect, it } from "vitest";

import { table } from "../../src/cli/output.js";

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
