import { execFileSync } from "node:child_process";

import fc from "fast-check";
import { expect, it } from "vitest";

import { shellLines, table } from "../../src/cli/output.js";

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

it("a shell reads back the same values", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0")),
      (value) => {
        const script = `${shellLines({ CRIA_TEST: value }, ["HOME", "CDPATH"])}printf '%s' "$CRIA_TEST\${HOME-, none}"`;
        expect(execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" })).toBe(`${value}, none`);
      },
    ),
    { numRuns: 30 },
  );
});

it("leaves plain values unquoted", () => {
  expect(
    shellLines({ AWS_REGION: "us-east-1", URL: "http://127.0.0.1:2742" }, [
      "AWS_PROFILE",
      "AWS_SESSION_TOKEN",
    ]),
  ).toBe(
    "export AWS_REGION=us-east-1\nexport URL=http://127.0.0.1:2742\nunset AWS_PROFILE AWS_SESSION_TOKEN\n",
  );
});
