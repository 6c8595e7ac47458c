import { execFileSync } from "node:child_process";

import { expect, onTestFinished, test, vi } from "vitest";

import { glibcVersion } from "../../src/platform/index.js";

test("the C library's version is asked once, without the names of peers", (context) => {
  const report = process.report as typeof process.report & { excludeNetwork?: boolean };
  const [before, real] = [report.excludeNetwork, report.getReport.bind(report)];
  const excluded: unknown[] = [];
  vi.spyOn(report, "getReport").mockImplementation(() => {
    excluded.push(report.excludeNetwork);
    return real();
  });
  onTestFinished(() => void vi.restoreAllMocks());
  const version = glibcVersion();
  if (process.platform !== "linux") {
    expect([version, excluded]).toEqual([undefined, []]);
    return;
  }
  expect(glibcVersion()).toBe(version);
  expect(excluded).toEqual([true]);
  expect(report.excludeNetwork).toBe(before);
  if (version === undefined) context.skip("this Linux has another C library");
  expect(execFileSync("getconf", ["GNU_LIBC_VERSION"], { encoding: "utf8" })).toBe(`glibc ${version}\n`);
});
