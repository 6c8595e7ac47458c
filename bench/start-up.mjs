/**
 * Measures start-up times and memory: `cria --help`, the first text of `cria "…"` with the model on disk, and the
 * memory of the serving process without the model.
 *
 *     npm run build && node bench/start-up.mjs
 *
 * Claims: help within 0.2 s, first text within 2 s on two cores, serving process at most 150 MB.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";

import { BedrockRuntimeClient, InvokeModelWithResponseStreamCommand } from "@aws-sdk/client-bedrock-runtime";

import { bin, home } from "./support/home.mjs";
import { spread } from "./support/statistics.mjs";

const env = { ...process.env, CRIA_HOME: home };
const QUESTION = "Describe the purpose of a 'hello world' program in one line.";

/** Milliseconds until the first byte on stdout, and until the end. */
async function run(...args) {
  const started = performance.now();
  const child = spawn(process.execPath, [bin, ...args], { env, stdio: ["ignore", "pipe", "ignore"] });
  let first;
  child.stdout.on("data", () => (first ??= performance.now() - started));
  await once(child, "close");
  return { first, whole: performance.now() - started };
}

async function repeat(times, ...args) {
  const runs = [];
  await run(...args);
  for (let i = 0; i < times; i++) runs.push(await run(...args));
  return runs;
}

/** Resident memory of a process in MB, from `ps`. */
const memory = (pid) =>
  Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;

async function servingMemory() {
  const server = spawn(process.execPath, [bin, "serve", "--port", "0"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const url = await new Promise((resolve) => {
    const read = (text) => {
      output += text;
      const found = /http:\/\/127\.0\.0\.1:\d+/u.exec(output);
      if (found) resolve(found[0]);
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
  });
  while (!(await fetch(`${url}/health`)).ok) await new Promise((resolve) => setTimeout(resolve, 100));
  const ready = memory(server.pid);
  const client = new BedrockRuntimeClient({
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
  });
  const body = JSON.stringify({ prompt: "Tell me a story.", max_gen_len: 64 });
  const read = async () => {
    const { body: stream } = await client.send(
      new InvokeModelWithResponseStreamCommand({ modelId: "meta.llama2-13b-chat-v1", body }),
    );
    for await (const part of stream) if (!part.chunk) throw new Error("no chunk");
  };
  for (let i = 0; i < 10; i++) await Promise.all(Array.from({ length: 4 }, read));
  const served = memory(server.pid);
  client.destroy();
  server.kill("SIGTERM");
  await once(server, "close");
  return { ready, served };
}

const help = await repeat(15, "--help");
const answers = await repeat(9, QUESTION);
const { ready, served } = await servingMemory();

process.stdout.write(
  [
    "median (lowest … highest)",
    `cria --help, ms                        ${spread(
      help.map((r) => r.whole),
      0,
    )}   at most 200`,
    `cria "…" to the first text, ms         ${spread(
      answers.map((r) => r.first),
      0,
    )}   at most 2000`,
    `serving process when ready, MB         ${ready.toFixed(0)}   at most 150`,
    `serving process after 40 streams, MB   ${served.toFixed(0)}   at most 150`,
    "",
  ].join("\n"),
);
