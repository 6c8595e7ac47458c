// Runs vitest, then prints the reason for each skipped test and, as the last line, the counts.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/** The report of the last run in a repository. */
export const reportFile = (root) => join(root, ".cache/test-report.json");

/**
 * @param root the repository's path
 * @param args arguments for vitest
 * @param env the environment of the tests
 * @returns the exit code: 0 if nothing failed
 */
export function runTests(root, args, env) {
  const report = runVitest(root, args, env);
  if (report === undefined) return fail("vitest ended without a report.");
  const { passed, failed, skipped, status } = report;
  for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${reason}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  return failed > 0 ? 1 : (status ?? 1);
}

/**
 * @param node the Node that runs the tests
 * @returns what test/support/count-reporter.ts counted, and vitest's exit code as `status`; undefined if it wrote no report
 */
export function runVitest(root, args, env, node = process.execPath) {
  const report = reportFile(root);
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const { status } = spawnSync(node, ["node_modules/vitest/vitest.mjs", "run", ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...env, CRIA_TEST_REPORT: report },
  });
  return existsSync(report) ? { ...JSON.parse(readFileSync(report, "utf8")), status } : undefined;
}

/** Reports a run that couldn't start. @returns its exit code */
export function fail(why) {
  console.log(`${why}\n0 passed, 1 failed, 0 skipped`);
  return 1;
}
