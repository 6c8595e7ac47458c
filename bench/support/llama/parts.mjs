/** Measures where the time of one stream goes: `llama-bench`, the engine alone, and the engine over its pipe, in turns. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { THREADS } from "./peer.mjs";

const run = promisify(execFile);
const engineSpeed = fileURLToPath(new URL("./engine-speed.mjs", import.meta.url));

/** The tokens per second of each in every round. */
export async function measureParts({ programs, home, modelFile, template, tokens, rounds }) {
  const env = { ...process.env, UV_THREADPOOL_SIZE: "1", CRIA_HOME: home };
  const ours = async (kind) => {
    const args = [engineSpeed, kind, modelFile, template, String(tokens)];
    return Number((await run(process.execPath, args, { env })).stdout);
  };
  const llamaBench = async () => {
    const args = [
      "-m",
      modelFile,
      "-t",
      String(THREADS),
      "-p",
      "0",
      "-n",
      String(tokens),
      "-r",
      "1",
      "-o",
      "json",
    ];
    const [result] = JSON.parse((await run(programs.bench, args)).stdout);
    return result.avg_ts;
  };
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    results.push({ bench: await llamaBench(), alone: await ours("alone"), ipc: await ours("ipc") });
  }
  return results;
}
