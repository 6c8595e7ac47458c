// Finds out once a run what each toolchain can do here, for the tests that need it: they skip with what it said.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { attempt } from "./conformance/attempt.mjs";
import { setUpDotnet } from "./conformance/dotnet.mjs";
import { setUpGo } from "./conformance/go.mjs";
import { setUpJava, setUpMaven } from "./conformance/java.mjs";
import { setUpPython } from "./conformance/python.mjs";
import { setUpRust } from "./conformance/rust.mjs";

/** What each set-up makes, and how. The longest that one takes stands with it. */
const TOOLCHAINS = {
  python: { makes: "the virtual environment with boto3", setUp: setUpPython },
  maven: { makes: "the Java example", setUp: setUpMaven },
  java: { makes: "the Java conformance client", setUp: setUpJava },
  go: { makes: "the Go example and conformance client", setUp: setUpGo },
  rust: { makes: "the Rust example and conformance client", setUp: setUpRust },
  dotnet: { makes: "the .NET example", setUp: setUpDotnet },
  engine: { makes: "the engine and the default model", setUp: setUpEngine },
};

/** Where what was found out is kept. */
export const toolchainsFile = (root) => join(root, ".cache/toolchains.json");

/**
 * Sets up toolchains one after the other, and notes of each why it can't be used, or null, beside what earlier runs noted of others.
 *
 * @param root the repository
 * @param names keys of {@link TOOLCHAINS}
 * @param env the environment of what is run
 * @returns what was noted of these
 */
export async function setUpToolchains(root, names, env) {
  const noted = {};
  for (const name of names) {
    const { makes, setUp } = TOOLCHAINS[name];
    console.log(`Setting up ${makes} …`);
    const why = await setUp(root, env);
    if (why !== undefined) console.log(`The tests that need ${makes} are skipped: ${why}`);
    noted[name] = why ?? null;
  }
  const file = toolchainsFile(root);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...readToolchains(root), ...noted }, undefined, 2));
  return noted;
}

/** What earlier runs noted; {} where none did. */
export function readToolchains(root) {
  try {
    return JSON.parse(readFileSync(toolchainsFile(root), "utf8"));
  } catch {
    return {};
  }
}

/** Fetches what `cria setup` does, which says itself what npm, the hub or pip say. */
function setUpEngine(root, env) {
  return attempt(process.execPath, [join(root, "dist/cria.js"), "setup"], { cwd: root, env });
}
