// npm test: sets up what the tests need, runs them, and ends with one line: N passed, N failed, N skipped.
// Arguments go to vitest: `npm test -- test/cli`.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { setUpJava } from "./conformance/java.mjs";
import { setUpPython } from "./conformance/python.mjs";
import { fail, runTests } from "./run-tests.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const env = {
  ...process.env,
  // engine and default model, fetched once for all tests
  CRIA_HOME: process.env.CRIA_HOME || join(root, ".cache/cria"),
};

if (run("scripts/build.mjs") !== 0) process.exit(fail("The build failed."));
setUpPython(root);
setUpJava(root);
if (run("dist/cria.js", "setup") !== 0)
  console.log("Engine or model could not be fetched: the tests that need them are skipped.");
process.exit(runTests(root, process.argv.slice(2), env));

function run(...args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: "inherit", env }).status;
}
