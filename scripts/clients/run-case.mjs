// Runs one case of one client: `cria run --script FILE -- PROGRAM CASE`.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { scriptsFor } from "../../test/clients/scripts.mjs";

/** Longer than the slowest case on a busy machine, with the retries of SDKs. */
const TIMEOUT_MS = 180_000;

/** Keeps one client's log from filling the memory. */
const MAX_OUTPUT_LENGTH = 1_000_000;

/**
 * @param root the repository's path
 * @param client one of test/clients/clients.mjs
 * @param installed what `installClient()` returned
 * @param name the case
 * @returns `{ client, version, case, result, detail }` as the program printed it, or with the result "failed"
 */
export async function runCase(root, client, { command, cwd, env }, name) {
  const folder = join(root, ".cache/clients/scripts", client.name);
  mkdirSync(folder, { recursive: true });
  const script = join(folder, `${name}.json`);
  writeFileSync(script, JSON.stringify(scriptsFor(name, client.structuredCall)));
  const cria = [join(root, "dist/cria.js"), "run", "--script", script, "--", ...command, name];
  const { code, stdout, stderr } = await output(process.execPath, cria, { cwd, env });
  writeFileSync(join(folder, `${name}.log`), stdout + stderr);
  return (
    lastResult(stdout) ?? {
      case: name,
      result: "failed",
      detail: lastLine(stderr) || `it ended with ${code}`,
    }
  );
}

/** Frameworks print to stdout too: the result is the last line that is one. */
function lastResult(stdout) {
  const lines = stdout.split("\n").filter((line) => line.startsWith('{"client"'));
  return lines.length === 0 ? undefined : JSON.parse(lines.at(-1));
}

function lastLine(text) {
  return text.trimEnd().split("\n").at(-1);
}

function output(command, args, { cwd, env }) {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout: TIMEOUT_MS });
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"])
    child[name].setEncoding("utf8").on("data", (data) => {
      text[name] = (text[name] + data).slice(-MAX_OUTPUT_LENGTH);
    });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code: code ?? signal, ...text }));
  });
}
