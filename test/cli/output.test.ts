import { expect, it } from "vitest";

import { table } from "../../src/cli/output.js";

it("columns are as wide as their longest cell, and numbers stand to the right", () => {
  const rows = [
    ["a", "1", "x"],
    ["bcd", "1000", ""],
  ];
  expect(table(rows, [1])).toBe("a       1  x\nbcd  1000\n");
});

it("no rows are nothing", () => {
  expect(table([])).toBe("");
});
