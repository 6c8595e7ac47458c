// Sets up each toolchain once for a test run. Tests that need one that can't be set up are skipped with its error message.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { attempt } from "./conformance/attempt.mjs";
import { setUpBrowser } from "./conformance/browser.mjs";
import { setUpDotnet } from "./conformance/dotnet.mjs";
import { setUpGo } from "./conformance/go.mjs";
import { setUpJava, setUpMaven } from "./conformance/java.mjs";
import { setUpLlamaServer } from "./conformance/llama-server.mjs";
import { setUpPython } from "./conformance/python.mjs";
import { setUpRust } from "./conformance/rust.mjs";
import { setUpLlama4Vocabulary } from "./llama-4-vocabulary.mjs";
import { setUpNode22 } from "./nodes.mjs";

/** What each set-up makes, and the function that makes it; that function's comment has the time it takes. */
const TOOLCHAINS = {
  python: { makes: "the virtual environment with boto3", setUp: setUpPython },
  maven: { makes: "the Java example", setUp: setUpMaven },
  java: { makes: "the Java conformance client", setUp: setUpJava },
  go: { makes: "the Go example and conformance client", setUp: setUpGo },
  rust: { makes: "the Rust example and conformance client", setUp: setUpRust },
  dotnet: { makes: "the .NET example", setUp: setUpDotnet },
  llama4: { makes: "Llama 4's vocabulary", setUp: setUpLlama4Vocabulary },
  browser: { makes: "the browser for the tests of web pages", setUp: setUpBrowser },
  llamaServer: { makes: "a llama-server", setUp: setUpLlamaServer },
  node22: { makes: "Node 22", setUp: setUpNode22 },
  engine: { makes: "the engine and the small model", setUp: setUpEngine },
};

/** The file with the results. */
export const toolchainsFile = (root) => join(root, ".cache/toolchains.json");

/**
 * Sets up toolchains one after the other, and records why each can't be used, or null. Earlier runs' records of others are kept.
 *
 * @param root the repository's path
 * @param names keys of {@link TOOLCHAINS}
 * @param env the environment of the programs it runs
 * @returns the records of these toolchains
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

/** The records of earlier runs; {} if there are none. */
export function readToolchains(root) {
  try {
    return JSON.parse(readFileSync(toolchainsFile(root), "utf8"));
  } catch {
    return {};
  }
}

/** Runs `cria setup --model small`, whose error has the message of npm, the hub or pip. */
function setUpEngine(root, env) {
  return attempt(process.execPath, [join(root, "dist/cria.js"), "setup", "--model", "small"], {
    cwd: root,
    env,
  });
}
