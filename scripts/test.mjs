// npm test: sets up what the tests need, runs them, and ends with one line: N passed, N failed, N skipped.
// Arguments go to vitest: `npm test -- test/cli`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const report = join(root, ".cache/test-report.json");
const env = {
  ...process.env,
  // engine and default model, fetched once for all tests
  CRIA_HOME: process.env.CRIA_HOME || join(root, ".cache/cria"),
};

build();
setUpPython();
fetchEngineAndModel();
process.exit(runTests());

function build() {
  const { status } = run(process.execPath, ["scripts/build.mjs"]);
  if (status !== 0) fail("The build failed.");
}

/** A virtual environment with the pinned packages of the Python example; made again when the pins change. */
function setUpPython() {
  const requirements = "examples/python/requirements.txt";
  const stamp = join(root, ".venv/cria-requirements.txt");
  const pins = readFileSync(join(root, requirements), "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === pins) return;
  console.log("Setting up .venv for the Python example …");
  const python = process.platform === "win32" ? ".venv\\Scripts\\python.exe" : ".venv/bin/python";
  const made =
    run(process.platform === "win32" ? "python" : "python3", ["-m", "venv", "--clear", ".venv"]).status ===
      0 &&
    run(join(root, python), [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "-r",
      requirements,
    ]).status === 0;
  if (made) writeFileSync(stamp, pins);
  else console.log("There is no Python environment with boto3: the tests that need it are skipped.");
}

function fetchEngineAndModel() {
  const { status } = run(process.execPath, ["dist/cli/bin.js", "setup"]);
  if (status !== 0)
    console.log("Engine or model could not be fetched: the tests that need them are skipped.");
}

/** Runs vitest, then tells each skip's reason and, alone on the last line, the counts. */
function runTests() {
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const { status } = run(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", "run", ...process.argv.slice(2)],
    {
      CRIA_TEST_REPORT: report,
    },
  );
  if (!existsSync(report)) fail("vitest ended without a report.");
  const { passed, failed, skipped } = JSON.parse(readFileSync(report, "utf8"));
  for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${reason}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  return failed > 0 ? 1 : (status ?? 1);
}

function run(command, args, more = {}) {
  return spawnSync(command, args, { cwd: root, stdio: "inherit", env: { ...env, ...more } });
}

function fail(why) {
  console.log(`${why}\n0 passed, 1 failed, 0 skipped`);
  process.exit(1);
}
