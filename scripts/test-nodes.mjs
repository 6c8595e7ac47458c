// npm run test:nodes: runs the tests with each version of Node that Cria supports, and prints a table. With versions as arguments
// (`npm run test:nodes -- 24 26`), it runs only these. What follows `--` goes to vitest: `npm run test:nodes -- 24 -- test/server`.
// Each file with a failure runs once more, alone: what passes then is named, and isn't counted as failed.
//
// Each Node is npm's package for this machine, in .cache/nodes. The engine, the model and the toolchains are those of `npm test`.
import { spawnSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { installNode, nodeFile } from "./nodes.mjs";
import { printLate, runFailuresAgain } from "./run-again.mjs";
import { runVitest } from "./run-tests.mjs";

/** The oldest that package.json's `engines` allows, and the newest of each line; odd ones are what people have who always update. */
const VERSIONS = ["20.19", "20", "22", "24", "25", "26"];

/** The conformance suite calls Cria with other languages' SDKs mostly: they aren't affected by the Node that serves. */
const TESTS = ["--project=parallel", "--project=alone"];

const root = fileURLToPath(new URL("../", import.meta.url));

const args = process.argv.slice(2);
const end = args.includes("--") ? args.indexOf("--") : args.length;
const versions = end > 0 ? args.slice(0, end) : VERSIONS;
const tests = end + 1 < args.length ? args.slice(end + 1) : TESTS;

if (
  spawnSync(process.execPath, ["scripts/build.mjs", "--if-stale"], { cwd: root, stdio: "inherit" }).status !==
  0
)
  process.exit(1);

const rows = [];
for (const version of versions) rows.push(await row(version));

for (const { version, failures, late = [] } of rows) {
  printLate(late, ` with Node ${version}`);
  for (const name of failures) console.log(`failed twice with Node ${version}: ${name}`);
}
console.log("\n| Node | passed | failed | skipped |\n| ---- | ------ | ------ | ------- |");
for (const { version, passed = 0, failed, skipped = [] } of rows)
  console.log(`| ${version} | ${passed} | ${failed} | ${skipped.length} |`);
process.exit(rows.some(({ failed }) => failed > 0) ? 1 : 0);

/** Runs the tests with a version of Node. */
async function row(version) {
  const why = await installNode(root, version);
  if (why !== undefined) return { version, failed: 1, failures: [`it could not be installed: ${why}`] };
  const node = join(root, nodeFile(version));
  const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  console.log(`\nNode ${stdout.trim()}`);
  const env = {
    ...process.env,
    // tests start programs by the name `node`
    PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
    CRIA_HOME: process.env.CRIA_HOME || join(root, ".cache/cria"),
  };
  const report = runVitest(root, tests, env, node);
  const whole = stdout.trim().slice(1);
  if (report === undefined) return { version: whole, failed: 1, failures: ["vitest ended without a report"] };
  return {
    version: whole,
    ...(await runFailuresAgain(report, (file) => runVitest(root, [file], env, node))),
  };
}
