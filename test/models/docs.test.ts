import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { weightsTable } from "./support/weights-table.js";

test("the table in docs/models.md is that of the catalogue", () => {
  const page = readFileSync(new URL("../../docs/models.md", import.meta.url), "utf8");
  // prettier pads the cells
  const lines = page.split("\n").map((line) => line.replace(/ +/gu, " "));
  const rows = lines.filter((line) => line.startsWith("| `meta."));
  expect(rows).toEqual(weightsTable().map((line) => line.replace(/ +/gu, " ")));
});
