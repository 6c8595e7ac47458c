import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { type Report, runFailuresAgain } from "../../scripts/run-again.mjs";

beforeEach(() => void vi.spyOn(console, "log").mockReturnValue(undefined));
afterEach(() => vi.restoreAllMocks());

const reportOf = (passes: readonly string[], failures: readonly string[]): Report => ({
  ...{ passed: passes.length, passes, failed: failures.length, failures },
  failedFiles: [...new Set(failures.map((name) => name.split(": ", 1)[0] ?? ""))],
});

/** Runs failures again, and tells which files were run. */
async function again(
  report: Report,
  second: Readonly<Record<string, Report>>,
  known: readonly string[] = [],
) {
  const ran: string[] = [];
  const run = (file: string) => {
    ran.push(file);
    return second[file];
  };
  return { ran, ...(await runFailuresAgain(report, run, (name) => known.includes(name))) };
}

it("what passes the second time is late, and what fails again is left", async () => {
  const first = reportOf(["a.ts: one", "b.ts: one"], ["a.ts: two", "a.ts: three", "b.ts: two"]);
  const second = {
    "a.ts": reportOf(["a.ts: two"], ["a.ts: one", "a.ts: three"]),
    "b.ts": reportOf(["b.ts: one", "b.ts: two"], []),
  };
  expect(await again(first, second)).toMatchObject({
    ...{ ran: ["a.ts", "b.ts"], late: ["a.ts: two", "b.ts: two"] },
    ...{ failed: 1, failures: ["a.ts: three"], passed: 4 },
  });
});

it("a file that couldn't be loaded passes only if nothing of it fails when it can", async () => {
  const first = reportOf([], ["a.ts", "b.ts", "c.ts"]);
  const second = {
    "a.ts": reportOf(["a.ts: one"], []),
    "b.ts": reportOf(["b.ts: one"], ["b.ts: two"]),
  };
  expect(await again(first, second)).toMatchObject({ late: ["a.ts"], failures: ["b.ts", "c.ts"], passed: 2 });
});

it("a test that can't run the second time is left", async () => {
  const first = reportOf([], ["a.ts: one"]);
  expect(await again(first, { "a.ts": reportOf([], ["a.ts"]) })).toMatchObject({ failures: ["a.ts: one"] });
});

it("no file runs again for failures that are expected, or that are no file's", async () => {
  const outside = "an error outside of any test: Error";
  const first: Report = { ...reportOf([], ["a.ts: one", outside]), failedFiles: ["a.ts"] };
  expect(await again(first, {}, ["a.ts: one"])).toMatchObject({ ran: [], late: [], failed: 2 });
});

it("rows of a table that have the same name are counted as they are", async () => {
  const first = { ...reportOf(["a.ts: one"], ["b.ts: one"]), passed: 2 };
  expect(await again(first, { "b.ts": reportOf(["b.ts: one"], []) })).toMatchObject({ passed: 3, failed: 0 });
});
