import { writeFileSync } from "node:fs";

import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

/**
 * Writes the report that scripts/run-tests.mjs prints: the numbers of passed and failed tests, their names, the files with a failure,
 * and each skipped test with its reason.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const file = process.env["CRIA_TEST_REPORT"];
    if (file === undefined) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    // a file that can't be loaded, a failed hook and an error outside any test each count as one failure
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = suites.filter((suite) => suite.errors().length > 0);
    const failed = [...tests.filter((test) => test.result().state === "failed"), ...broken];
    const failures = [
      ...failed.map(nameOf),
      ...unhandledErrors.map((error) => `an error outside of any test: ${String(error)}`),
    ];
    const skipped = tests.flatMap((test) => {
      const result = test.result();
      if (result.state !== "skipped") return [];
      return [{ name: test.fullName, reason: result.note ?? "no reason given" }];
    });
    const passed = tests.filter((test) => test.result().state === "passed");
    const counts = { passed: passed.length, failed: failures.length };
    const files = new Set(failed.map((part) => moduleOf(part).relativeModuleId));
    writeFileSync(
      file,
      JSON.stringify({
        ...counts,
        failures,
        skipped,
        passes: passed.map(nameOf),
        failedFiles: [...files],
      }),
    );
  }
}

/** `FILE: NAME`, with `/` in the file's path on every platform. */
function nameOf(part: TestCase | TestSuite | TestModule): string {
  const file = moduleOf(part).relativeModuleId;
  return part.type === "module" ? file : `${file}: ${part.fullName}`;
}

function moduleOf(part: TestCase | TestSuite | TestModule): TestModule {
  return part.type === "module" ? part : part.module;
}
