// npm run test:runtimes: runs test/runtimes/program.mjs in Node, Bun and Deno, as npm has them now, and prints a table. It fails if
// a case ends otherwise than EXPECTED says. The engine's case needs what `npm test` fetches.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { createScriptedEngine, serve } from "cria";

/** The cases of the program, in the words of the table. */
const CASES = {
  stream: "`streamLlama({ on })`",
  "sdk-1": "AWS SDK, HTTP/1.1",
  "sdk-2": "AWS SDK, HTTP/2",
  "serve-1": "`serve()`, called over HTTP/1.1",
  "serve-2": "`serve()`, called over HTTP/2",
  engine: "the engine, by `streamLlama()`",
};

const works = { kind: "works" };
const refused = { kind: "refused", error: /^UnsupportedRuntimeError: Bun / };
const EXPECTED = {
  node: () => works,
  bun: (name) => (name.startsWith("serve") || name === "engine" ? refused : works),
  deno: () => works,
};

/** Ends a case that hangs; the engine's loads a model first. */
const CASE_TIMEOUT_MS = 120_000;

const root = fileURLToPath(new URL("../", import.meta.url));
const home = process.env.CRIA_HOME || join(root, ".cache/cria");
const model = join(home, "models/SmolLM2-135M-Instruct.Q4_1.gguf");
const folder = join(root, ".cache/runtimes");

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
const npm = ["install", "--silent", "--no-package-lock", "bun@latest", "deno@latest"];
if ((await run("npm", npm, { cwd: folder })).code !== 0)
  throw new Error("npm could not install Bun and Deno.");

const server = await serve({
  engine: createScriptedEngine({ script: { tokens: ["Hello", " from", " Cria"] } }),
});
const program = join(root, "test/runtimes/program.mjs");
const runtimes = {
  node: [process.execPath],
  bun: [join(folder, "node_modules/.bin/bun")],
  deno: [join(folder, "node_modules/.bin/deno"), "run", "--allow-all"],
};

let [passed, failed, skipped] = [0, 0, 0];
const rows = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]));
const titles = [];
for (const [runtime, [command, ...args]] of Object.entries(runtimes)) {
  titles.push(
    (await run(command, ["--version"])).stdout
      .split("\n")[0]
      .replace(/^v/u, "Node ")
      .replace(/^(\d)/u, "Bun $1")
      .replace(/^deno (\S+).*/u, "Deno $1"),
  );
  for (const name of Object.keys(CASES)) rows[name].push(await attempt(runtime, name, command, args));
}
await server.close();

console.log(`\n| | ${titles.join(" | ")} |\n| --- | ${titles.map(() => "---").join(" | ")} |`);
for (const [name, results] of Object.entries(rows))
  console.log(`| ${CASES[name]} | ${results.join(" | ")} |`);
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 ? 1 : 0);

/** @returns the word in the table */
async function attempt(runtime, name, command, args) {
  if (name === "engine" && !existsSync(model)) {
    console.log(`skipped: ${runtime}, ${name}: ${model} isn't there: \`npm test\` fetches it`);
    skipped += 1;
    return "not run";
  }
  const { stdout, stderr } = await run(command, [
    ...args,
    program,
    name,
    name === "engine" ? model : server.url,
  ]);
  const line = stdout.trim().split("\n").at(-1);
  const { text, error } = line.startsWith("{") ? JSON.parse(line) : { error: `no answer: ${stderr.trim()}` };
  const expected = EXPECTED[runtime](name);
  // the engine's words depend on the model
  const answered = name === "engine" ? Boolean(text) : text === "Hello from Cria";
  if (expected.kind === "works" ? answered : expected.error.test(error)) {
    passed += 1;
    return expected.kind;
  }
  console.log(`failed: ${runtime}, ${name}: ${error ?? text}`);
  failed += 1;
  return "fails";
}

async function run(command, args, { cwd = root } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: {
      ...process.env,
      CRIA_HOME: home,
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
    },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: CASE_TIMEOUT_MS,
    shell: process.platform === "win32" && command === "npm",
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"])
    child[name].setEncoding("utf8").on("data", (text) => (output[name] += text));
  const [code] = await once(child, "close");
  return { code, ...output };
}
