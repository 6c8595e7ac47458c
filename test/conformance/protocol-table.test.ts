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

/** The results of this run; skips the test unless every file was run completely. */
function wholeRun(context: TestContext) {
  if (targetName === "aws") context.skip("the table is about Cria, and this run called AWS");
  const results = readResults();
  const whole = operations.every((operation) =>
    Object.values(results.get(operation) ?? { none: { outcome: undefined } }).every(
      ({ outcome }) => outcome !== undefined,
    ),
  );
  if (!whole) context.skip("the table needs a complete run of test/conformance");
  return results;
}

describe("the table of docs/protocol.md", () => {
  it("has the results of this run", async (context) => {
    const found = cellsOf(wholeRun(context));
    const text = readFileSync(page, "utf8");
    const written = sectionOf(text);
    if (isWriting) {
      writeFileSync(page, text.replace(written, await renderSection(found)));
      return;
    }
    // columns that can't be run here keep their earlier results
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
  it.for(languages)("has a result for every operation of the clients in %s", (language, context) => {
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
