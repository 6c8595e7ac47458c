/**
 * Measures what it costs to have Cria in front of another server.
 *
 *     npm run bench:upstream
 *     npm run bench:upstream -- --server http://127.0.0.1:8000     a vLLM that runs already, instead of llama-server
 *
 * Against a server that costs nothing: the time that Cria adds to the first token, the processor time and the memory of a stream, and where the time goes.
 * Against llama-server with the default model, or the server that was named: the first token and tokens/s, over the server itself in the same run, in turns.
 *
 * Aims: 2 ms more to the first token (p50; p99: 10 ms), 0.98 of the server's tokens/s, 600 streams of 50 tokens/s for each core, 90 KB a stream.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { home } from "./support/home.mjs";
import { startProcess } from "./support/http-path/process.mjs";
import { spread } from "./support/statistics.mjs";

const { values: options } = parseArgs({ options: { server: { type: "string" }, only: { type: "string" } } });

const here = (path) => new URL(`./support/upstream/${path}`, import.meta.url);
const root = fileURLToPath(new URL("..", import.meta.url));
const write = (line) => process.stdout.write(`${line}\n`);

/** Requests for one figure of the first token, and rounds of it. */
const FIRSTS = 300;
const ROUNDS = 4;

/** Against a real server, whose own pace varies: streams at once, rounds, and tokens of an answer. Fewer streams take less time, so they get more rounds. */
const ROWS = [
  { streams: 1, rounds: 16, tokens: 64 },
  { streams: 8, rounds: 8, tokens: 64 },
  { streams: 32, rounds: 4, tokens: 32 },
];

/** Streams of 50 tokens/s, and for how many tokens. */
const PACED = [50, 400];
const PACED_TOKENS = 200;

/** Tokens of a process before it is measured: so many until the compiler has done its work. A server reaches them within minutes. */
const WARM_UP_TOKENS = 400_000;
const MS = 20;

const IDLE = 1_000;

const client = await startProcess(here("client.mjs"));

const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.round((values.length - 1) * share)];

/** Rounds of the server itself and of Cria, in turns. */
async function pairs(rounds, direct, cria, measure) {
  const results = { direct: [], cria: [] };
  for (let round = -1; round < rounds; round += 1) {
    const turn = [
      ["direct", direct],
      ["cria", cria],
    ];
    for (const [name, target] of round % 2 === 0 ? turn : turn.toReversed()) {
      const result = await measure(target);
      // the first warms up
      if (round >= 0) results[name].push(result);
    }
  }
  return results;
}

/** Time to the first token, of requests one after another. */
async function firstToken(title, direct, cria, prompts) {
  const results = await pairs(ROUNDS, direct, cria, (target) =>
    client.ask({ what: "measure", ...target, streams: 1, prompts: prompts(), tokens: 2 }),
  );
  const added = (share) =>
    results.cria.map(
      ({ firsts }, i) => percentile(firsts, share) - percentile(results.direct[i].firsts, share),
    );
  const own = (share) => results.direct.map(({ firsts }) => percentile(firsts, share));
  write(`${title}: first token, ms: p50 ${spread(own(0.5), 2)}, p99 ${spread(own(0.99), 2)}`);
  write(`  added by Cria: p50 ${spread(added(0.5), 2)}, p99 ${spread(added(0.99), 2)}   aims: 2 and 10`);
}

async function speed(title, direct, cria, { streams, rounds, tokens }, prompts) {
  const results = await pairs(rounds, direct, cria, (target) =>
    client.ask({ what: "measure", ...target, streams, prompts: prompts(), tokens }),
  );
  const long = (list) => list.reduce((sum, each) => sum + each.tokens, 0) / list.length / prompts().length;
  const rate = (list) => list.map((each) => (each.tokens / each.ms) * 1000);
  const first = (list) => list.map(({ firsts }) => percentile(firsts, 0.5));
  const ratio = rate(results.cria).map((each, i) => each / rate(results.direct)[i]);
  const added = first(results.cria).map((each, i) => each - first(results.direct)[i]);
  write(
    `${title}, ${streams} streams, answers of ${long(results.direct).toFixed(1)} and ${long(results.cria).toFixed(1)} tokens: tokens/s ${spread(rate(results.direct), 1)}, through Cria ${spread(rate(results.cria), 1)}, over the server itself ${spread(ratio, 3)}   aim: 0.98; first token ${spread(first(results.direct), 1)} ms, added ${spread(added, 1)}`,
  );
}

const isWarm = new Set();

async function carried(cria, protocol, streams, profiled) {
  const prompts = Array(streams).fill(`paced ${PACED_TOKENS} ${MS}`);
  const cpu = [];
  let shares;
  const first = -Math.ceil(WARM_UP_TOKENS / streams / PACED_TOKENS);
  for (let round = isWarm.has(cria) ? 0 : first; round < 4; round += 1) {
    const isProfiled = profiled && round === 3;
    if (isProfiled) await cria.ask({ profile: "start" });
    const before = await cria.ask();
    const { tokens } = await client.ask({
      what: "measure",
      who: "cria",
      port: cria.port,
      protocol,
      streams,
      prompts,
      tokens: 2048,
    });
    const after = await cria.ask();
    if (tokens !== streams * PACED_TOKENS) throw new Error(`${tokens} tokens came.`);
    // the profiler takes some of the time
    if (isProfiled) ({ shares } = await cria.ask({ profile: "stop" }));
    else if (round >= 0) cpu.push((after.cpu - before.cpu) / tokens);
  }
  isWarm.add(cria);
  const carries = cpu.map((us) => 1e6 / (us * (1000 / MS)));
  write(
    `${protocol}, ${streams} streams of ${1000 / MS} tokens/s: ${spread(cpu, 1)} µs of processor time a token, so one core carries ${spread(carries, 0)} streams   aim: 600`,
  );
  for (const [place, share] of Object.entries(shares ?? {}).toSorted(([, a], [, b]) => b - a))
    if (share >= 0.01) write(`    ${(share * 100).toFixed(0)} % ${place}`);
}

async function memory(cria, protocol) {
  const before = await cria.ask({ collect: true });
  await client.ask({ what: "hold", protocol, port: cria.port, streams: IDLE });
  const after = await cria.ask({ collect: true });
  const kb = (key) => ((after[key] - before[key]) / IDLE / 1000).toFixed(0);
  write(
    `${protocol}, ${IDLE} open streams: ${kb("rss")} KB each in all, ${kb("heap")} KB of heap and buffers   aim: 90`,
  );
  await client.ask({ what: "release" });
  await new Promise((resolve) => setTimeout(resolve, 3_000));
}

async function scripted() {
  const server = await startProcess(here("scripted.mjs"));
  const cria = await startProcess(here("cria.mjs"), `http://127.0.0.1:${server.port}`);
  const targets = [
    { who: "vllm", port: server.port, name: "meta-llama/scripted" },
    { who: "cria", port: cria.port },
  ];
  await firstToken("A server that costs nothing", ...targets, () => Array(FIRSTS).fill("burst 2"));
  await cria.stop();
  for (const protocol of ["http1", "http2"]) {
    const warm = await startProcess(here("cria.mjs"), `http://127.0.0.1:${server.port}`);
    await carried(warm, protocol, PACED[1], true);
    await carried(warm, protocol, PACED[0], false);
    await warm.stop();
  }
  for (const protocol of ["http1", "http2"]) {
    const fresh = await startProcess(here("cria.mjs"), `http://127.0.0.1:${server.port}`);
    await memory(fresh, protocol);
    await fresh.stop();
  }
  await server.stop();
}

/** A llama-server, as `npm test` installs it. */
async function llamaServer() {
  const python = join(root, ".cache/llama-server/bin/python");
  const model = join(home, "models/SmolLM2-135M-Instruct.Q4_1.gguf");
  const child = spawn(python, [join(root, "test/support/llama-server.py"), model, "16384", "32", "", ""], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.once("error", () => write("There is no llama-server: `npm test` installs it."));
  const [port] = await once(child.stdout, "data");
  const url = `http://127.0.0.1:${Number(String(port))}`;
  while ((await fetch(`${url}/health`).catch(() => undefined))?.status !== 200)
    await new Promise((resolve) => setTimeout(resolve, 200));
  return { url, kill: () => child.kill("SIGKILL") };
}

let asked = 0;
/** A prompt that no cache knows. */
const fresh = () =>
  `Chapter ${(asked += 1)}. Once upon a time there was a llama who lived high in the mountains, and every day it`;

async function real() {
  const { url, kill } = options.server ? { url: options.server, kill: () => undefined } : await llamaServer();
  const { data } = await (await fetch(`${url}/v1/models`)).json();
  const kind = data[0].owned_by === "vllm" ? "vllm" : "llama-server";
  const cria = await startProcess(here("cria.mjs"), url);
  const targets = [
    { who: kind, port: Number(new URL(url).port), name: data[0].id },
    { who: "cria", port: cria.port },
  ];
  const prompts = (count) => () => Array.from({ length: count }, fresh);
  await firstToken(kind, ...targets, prompts(20));
  for (const row of ROWS) await speed(kind, ...targets, row, prompts(Math.max(2, row.streams)));
  await cria.stop();
  kill();
}

if (options.only !== "real") await scripted();
if (options.only !== "scripted") await real();
process.exit();
