import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it, type TestContext } from "vitest";

import { whyNotRun } from "./support/client-command.js";
import { columns, titleOf, type Language } from "./support/columns.js";
import { has, operations } from "./support/operations.js";
import { cellsOf, parseSection, renderSection, sectionOf } from "./support/protocol-table.js";
import { readResults } from "./support/results.js";
import { targetName } from "./support/target.js";

const page = fileURLToPath(new URL("../../docs/protocol.md", import.meta.url));

/** Set by `npm run conformance:all`, which writes the table instead of comparing it. */
const isWriting = process.env["CONFORMANCE_WRITE"] === "1";

/** What the run's files have found; skips the test where they weren't all run, in whole. */
function wholeRun(context: TestContext) {
  if (targetName === "aws") context.skip("the table tells of Cria, and Amazon was asked");
  const results = readResults();
  const whole = operations.every((operation) =>
    Object.values(results.get(operation) ?? { none: { outcome: undefined } }).every(
      ({ outcome }) => outcome !== undefined,
    ),
  );
  if (!whole) context.skip("a table is made of the whole of test/conformance, and not all of it was run");
  return results;
}

describe("the table of docs/protocol.md", () => {
  it("says what this run found", async (context) => {
    const found = cellsOf(wholeRun(context));
    const text = readFileSync(page, "utf8");
    const written = sectionOf(text);
    if (isWriting) {
      writeFileSync(page, text.replace(written, await renderSection(found)));
      return;
    }
    // what can't be run here stays as it was found elsewhere
    expect(await renderSection(new Map([...parseSection(written), ...found]))).toBe(written);
  });

  it("can be read back as it is written", async () => {
    const results = new Map([
      ["Converse", { "Go, HTTP/1.1": { outcome: "failed", observed: { cut: "nothing" } } } as const],
    ]);
    const section = await renderSection(cellsOf(results));
    expect(section).toMatch(/^\| Go, HTTP\/1\.1 .*\| failed/mu);
    expect(await renderSection(parseSection(section))).toBe(section);
  });

  const languages: readonly Language[] = ["JavaScript", "Python", "Java", "Go", "Rust"];
  it.for(languages)("tells of all that the clients in %s did", (language, context) => {
    const results = wholeRun(context);
    const why = whyNotRun(language);
    if (why !== undefined) context.skip(why);
    for (const column of columns.filter((each) => each.language === language)) {
      for (const operation of operations.filter((each) => has(column.sdk, each))) {
        expect(
          results.get(operation)?.[titleOf(column)]?.outcome,
          `${titleOf(column)}: ${operation}`,
        ).toBeDefined();
      }
    }
  });
});
