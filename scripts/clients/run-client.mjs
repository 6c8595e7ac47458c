// Runs the program of one client: `cria run --script FILE -- PROGRAM`.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { cases, scriptFor } from "../../test/clients/script.mjs";

/** It is prompted as on Bedrock, others as a stand-in. The programs that use tools use it. */
const MODEL = "meta.llama3-3-70b-instruct-v1:0";

/** Longer than the slowest program takes on a busy machine, with the retries of SDKs. */
const TIMEOUT_MS = 5 * 60_000;

/** Keeps one program's output from filling the memory. */
const MAX_OUTPUT_LENGTH = 1_000_000;

/**
 * @param root the repository's path
 * @param client one of test/clients/clients.mjs
 * @param installed what `installClient()` returned
 * @returns for each case `{ client, version, case, result, detail }` as the program printed it, or with the result "failed"
 */
export async function runClient(root, client, { command, cwd, env }) {
  const folder = join(root, ".cache/clients/runs");
  mkdirSync(folder, { recursive: true });
  const script = join(folder, `${client.name}.json`);
  writeFileSync(script, JSON.stringify(scriptFor(client)));
  const options = ["--script", script, "--as", MODEL];
  const cria = [join(root, "dist/cria.js"), "run", ...options, "--", ...command];
  const { code, stdout, stderr } = await output(process.execPath, cria, { cwd, env });
  writeFileSync(join(folder, `${client.name}.log`), stdout + stderr);
  const printed = results(stdout);
  const why = stderr.trimEnd().split("\n").at(-1) || `it ended with ${code}`;
  return Object.fromEntries(
    cases.map((name) => [
      name,
      printed.find((one) => one.case === name) ?? { case: name, result: "failed", detail: why },
    ]),
  );
}

/** Frameworks print to stdout too: a result begins as the programs write it. */
function results(stdout) {
  const lines = stdout.split("\n").filter((line) => line.startsWith('{"client"'));
  return lines.map((line) => JSON.parse(line));
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
