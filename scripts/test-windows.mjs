// npm run test:windows: runs the tests with Windows' Node under Wine, in a copy of the working tree. The first run makes .cache/windows, a
// small Debian with Wine: root, debootstrap, 2 GB and three minutes. Arguments go to vitest: `npm run test:windows -- test/cli`.
// CRIA_WINDOWS_NODE is the version of Node.
//
// scripts/windows/known.json names the tests that fail because of Wine, and why. The file of any other that fails runs once more, alone. The
// command fails if one fails that time too, or if one of the known ones passes.
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { printLate, runFailuresAgain } from "./run-again.mjs";
import { fail, reportFile } from "./run-tests.mjs";
import { copyWorkingTree, installNode, installPackages } from "./windows/copy.mjs";
import { DRIVE_C, runWine, setUpWine, whyNoWine } from "./windows/wine.mjs";

/** The tests that run there. Conformance needs programs in other languages. */
const TESTS = ["--project=parallel", "--project=alone"];

/** Wine starts a process in half a second, and this suite starts hundreds. The default model answers slowly there. */
const PATIENCE = ["--testTimeout=300000", "--hookTimeout=300000"];

const repository = fileURLToPath(new URL("../", import.meta.url));
const version = process.env.CRIA_WINDOWS_NODE || "22";
const asked = process.argv.slice(2);

const why = whyNoWine();
if (why !== undefined) process.exit(fail(why));

const root = setUpWine(join(repository, ".cache/windows"));
const onC = (name) => join(root, DRIVE_C, name);
const copy = onC("cria");
mkdirSync(copy, { recursive: true });
copyWorkingTree(repository, copy);
installPackages(copy);
installNode(version, onC(`node-${version}`));
copyModel();

takeReport();
const env = environment();
const runNode = (...args) =>
  runWine(root, [`C:\\node-${version}\\node.exe`, ...args], { cwd: `${DRIVE_C}/cria`, env });
await runNode("scripts/build.mjs", "--if-stale");
// it has Vulkan's loader and no driver: every set-up that chooses would fetch that build in vain
await runNode("dist/cria.js", "setup", "--gpu", "none");
removeTiles();
await runNode("scripts/test.mjs", ...PATIENCE, ...(asked.length > 0 ? asked : TESTS));
const report = takeReport();
if (report === undefined) process.exit(fail("The run under Wine ended without a report."));
const known = JSON.parse(readFileSync(join(repository, "scripts/windows/known.json"), "utf8"));
const reasons = new Map(known.flatMap(({ why, tests }) => tests.map((name) => [name, why])));
process.exit(judge(await runFailuresAgain(report, runFile, (name) => reasons.has(name))));

/** The report of the last run; undefined if it made none. The next run doesn't find it any more. */
function takeReport() {
  const file = reportFile(copy);
  if (!existsSync(file)) return undefined;
  const report = JSON.parse(readFileSync(file, "utf8"));
  rmSync(file);
  return report;
}

async function runFile(file) {
  await runNode("node_modules/vitest/vitest.mjs", "run", ...PATIENCE, file);
  return takeReport();
}

/** The default model, if `npm test` has fetched it here: its source is a Python package, and Wine has no pip. */
function copyModel() {
  const [from, to] = [repository, copy].map((folder) => join(folder, ".cache/cria/models"));
  if (existsSync(from) && !existsSync(to)) cpSync(from, to, { recursive: true });
}

/**
 * Removes the part of the engine for processors with AMX. Linux lets a program use AMX's tiles once it has asked for them, and Wine
 * doesn't ask: the engine would end with an illegal instruction. The part for the next older processor is used then.
 */
function removeTiles() {
  const engines = join(copy, ".cache/cria/engine");
  if (!existsSync(engines)) return;
  for (const name of readdirSync(engines, { recursive: true }))
    if (name.endsWith("ggml-cpu-sapphirerapids.dll")) rmSync(join(engines, name));
}

/** Node, npm and npx are on the PATH. Certificates that this machine trusts besides Node's own are trusted there too. */
function environment() {
  const env = {
    WINEPATH: `C:\\node-${version}`,
    CRIA_HOME: "C:\\cria\\.cache\\cria",
    CRIA_TEST_REPORT: "C:\\cria\\.cache\\test-report.json",
  };
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  if (!certificates) return env;
  copyFileSync(certificates, onC("certificates.pem"));
  return { ...env, NODE_EXTRA_CA_CERTS: "C:\\certificates.pem" };
}

/** Compares the failures with those that are known. @returns the exit code */
function judge({ passed, failures, skipped, passes, late }) {
  const faults = failures.filter((name) => !reasons.has(name));
  const mended = [...reasons.keys()].filter((name) => passes.includes(name));
  for (const name of failures.filter((name) => reasons.has(name)))
    console.log(`Wine's own: ${name}: ${reasons.get(name)}`);
  for (const name of mended) console.log(`passes, but scripts/windows/known.json has it as failing: ${name}`);
  printLate(late);
  for (const name of faults) console.log(`failed twice: ${name}`);
  const own = failures.length - faults.length;
  console.log(`${own} of the failures are Wine's own.`);
  console.log(`${passed} passed, ${faults.length + mended.length} failed, ${skipped.length + own} skipped`);
  return faults.length + mended.length > 0 ? 1 : 0;
}
