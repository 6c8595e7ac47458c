// npm test: sets up what the tests need, runs them, and ends with one line: N passed, N failed, N skipped.
// Arguments go to vitest: `npm test -- test/cli`.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { fail, runTests } from "./run-tests.mjs";
import { setUpToolchains } from "./toolchains.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const env = {
  ...process.env,
  // engine and default model, downloaded once for all tests
  CRIA_HOME: process.env.CRIA_HOME || join(root, ".cache/cria"),
};

const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "inherit", env });
if (status !== 0) process.exit(fail("The build failed."));
await setUpToolchains(
  root,
  ["python", "llama4", "browser", "maven", "java", "dotnet", "llamaServer", "node22", "engine"],
  env,
);
process.exit(runTests(root, process.argv.slice(2), env));
