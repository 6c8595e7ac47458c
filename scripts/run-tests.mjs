// Runs vitest, then prints the reason for each skipped test and, as the last line, the counts.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * @param root the repository's path
 * @param args arguments for vitest
 * @param env the environment of the tests
 * @returns the exit code: 0 if nothing failed
 */
export function runTests(root, args, env) {
  const report = join(root, ".cache/test-report.json");
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...env, CRIA_TEST_REPORT: report },
  });
  if (!existsSync(report)) return fail("vitest ended without a report.");
  const { passed, failed, skipped } = JSON.parse(readFileSync(report, "utf8"));
  for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${reason}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  return failed > 0 ? 1 : (status ?? 1);
}

/** Reports a run that couldn't start. @returns its exit code */
export function fail(why) {
  console.log(`${why}\n0 passed, 1 failed, 0 skipped`);
  return 1;
}
