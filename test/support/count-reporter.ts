import { writeFileSync } from "node:fs";

import type { Reporter, TestModule } from "vitest/node";

/** Writes the report that scripts/run-tests.mjs prints: the numbers of passed and failed tests, and each skipped test with its reason. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const file = process.env["CRIA_TEST_REPORT"];
    if (file === undefined) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    // a file that can't be loaded, a failed hook and an error outside any test each count as one failure
    const beside = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = beside.filter((part) => part.errors().length > 0).length + unhandledErrors.length;
    const skipped = tests.flatMap((test) => {
      const result = test.result();
      if (result.state !== "skipped") return [];
      return [{ name: test.fullName, reason: result.note ?? "no reason given" }];
    });
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    writeFileSync(
      file,
      JSON.stringify({ passed: count("passed"), failed: count("failed") + broken, skipped }),
    );
  }
}
