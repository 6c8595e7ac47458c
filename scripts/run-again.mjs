// What fails once on a busy machine may have been late, and what fails twice has a fault: each file with a failure runs once more, alone.

/**
 * @param report what test/support/count-reporter.ts counted in a run of many files
 * @param run runs one file, and returns its report; undefined if there is none
 * @param isKnown whether a failure is expected, so that its file needn't run again for it
 * @returns the report with `failures` that are left: what didn't pass the second time either. `late` are those that did.
 */
export async function runFailuresAgain(report, run, isKnown = () => false) {
  const unexpected = report.failures.filter((name) => !isKnown(name));
  const files = report.failedFiles.filter((file) => unexpected.some((name) => isOf(name, file)));
  const passes = new Set(report.passes);
  // names may be there twice: rows of a table
  const twice = report.passed - passes.size;
  const late = [];
  for (const file of files) {
    console.log(`\nonce more, alone: ${file}`);
    const again = await run(file);
    if (again === undefined) continue;
    for (const name of again.passes) passes.add(name);
    late.push(...unexpected.filter((name) => isOf(name, file) && hasPassed(name, again)));
  }
  const failures = report.failures.filter((name) => !late.includes(name));
  return {
    ...report,
    passed: passes.size + twice,
    passes: [...passes],
    failed: failures.length,
    failures,
    late,
  };
}

/** Prints which tests passed when they ran once more. */
export function printLate(late, where = "") {
  for (const name of late)
    console.log(`failed${where}, and passed when its file ran once more, alone: ${name}`);
}

/** Whether a failure is one of a file: a test's, a suite's, or the file's own. */
function isOf(name, file) {
  return name === file || name.startsWith(`${file}: `);
}

/** Whether it passed: a test by its name; a suite's hook, or a file that couldn't be loaded, if nothing of the file failed. */
function hasPassed(name, { passes, failures }) {
  return passes.includes(name) || failures.length === 0;
}
