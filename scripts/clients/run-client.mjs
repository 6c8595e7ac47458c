// Runs the program of one client against a Cria server with a scripted engine, which verifies every request's signature.
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { cases, scriptFor } from "../../test/clients/script.mjs";

/** It is prompted as on Bedrock, others as a stand-in. The programs that use tools use it. */
const MODEL = "meta.llama3-3-70b-instruct-v1:0";

/** Frameworks that sign requests themselves must sign them well. */
const KEY = { accessKeyId: "CRIACLIENTSCLIENTS22", secretAccessKey: "the-secret-of-the-clients" };

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
  const server = await startServer(root, client, folder);
  const key = { CRIA_ACCESS_KEY_ID: KEY.accessKeyId, CRIA_SECRET_ACCESS_KEY: KEY.secretAccessKey };
  const { code, stdout, stderr } = await output(command, { cwd, env: server.env({ ...env, ...key }) });
  await server.close({ graceMs: 0 });
  writeFileSync(join(folder, `${client.name}.log`), stdout + stderr);
  const printed = results(stdout);
  const why = reason(code, stderr);
  return Object.fromEntries(
    cases.map((name) => [
      name,
      printed.find((one) => one.case === name) ?? { case: name, result: "failed", detail: why },
    ]),
  );
}

/** The built package is imported late: `npm run clients` builds it first. */
async function startServer(root, client, folder) {
  const { createLogger, createScriptedEngine, serve } = await import(
    pathToFileURL(join(root, "dist/index.js")).href
  );
  const keysFile = join(folder, "keys.json");
  writeFileSync(keysFile, JSON.stringify({ keys: [KEY] }), { mode: 0o600 });
  const destination = createWriteStream(join(folder, `${client.name}.requests.log`));
  return serve({
    engine: createScriptedEngine({ script: scriptFor(client) }),
    as: MODEL,
    auth: "keys",
    keysFile,
    port: 0,
    logger: await createLogger({ destination, level: "info" }),
  });
}

/** Why a program printed no result of a case. */
function reason(code, stderr) {
  if (typeof code === "string")
    return `the program was ended by ${code}, after ${TIMEOUT_MS / 60_000} minutes at most`;
  return (code !== 0 && stderr.trimEnd().split("\n").at(-1)) || `the program ended with ${code}`;
}

/** Frameworks print to stdout too: a result begins as the programs write it. */
function results(stdout) {
  const lines = stdout.split("\n").filter((line) => line.startsWith('{"client"'));
  return lines.map((line) => JSON.parse(line));
}

function output([command, ...args], { cwd, env }) {
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
