/**
 * What other programs that compute cost the engine: tokens per second alone and with one and two busy programs beside, with one thread, with
 * as many as there are cores, and with the number that Cria finds; the same of llama-server with one thread and with as many as there are cores;
 * and the time of a whole `cria "…"` of 40 tokens.
 *
 *     npm run bench:threads -- [--rounds=N] [--only=default|big|command] [--loud]
 *
 * All take turns, a few seconds each. A measurement during which something else than the benchmark computed is dropped. If too few are
 * left, it says so instead of a figure. With `--loud` they count, and the CPUs that others took are told: such figures show how the sides compare on
 * a machine that isn't quiet, and nothing about busy programs beside. llama-server is measured where bench/support/build-llama-cpp.mjs has built it.
 */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { benchFolder, builtPrograms } from "./support/build-llama-cpp.mjs";
import { bin, home, modules } from "./support/home.mjs";
import { writeBigModel } from "./support/llama/big-model.mjs";
import { spread } from "./support/statistics.mjs";
import { busyNow, startBusy, withForeignLoad } from "./support/threads/load.mjs";
import { command, criaSide, llamaServerSide } from "./support/threads/sides.mjs";

const option = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.split("=")[1];
const rounds = Number(option("rounds") ?? 5);
const only = option("only");
const loud = process.argv.includes("--loud");

/** How long each side generates, from the first token on. */
const MEASURE_MS = 3_000;
/** The first token may take so long before that. */
const FIRST_MS = 20_000;
/** A command is ended after this: with two threads beside two busy programs it takes minutes. */
const COMMAND_MS = 40_000;
/** CPUs that something else may take during a measurement. */
const QUIET_CPUS = 0.2;
/** How long to wait for a quiet machine before each measurement. */
const PATIENCE_MS = 20_000;
/** Figures that a median needs. */
const LEAST = 2;

const { usableCores } = await import(`${modules}/platform/index.js`);
const { smallModel, ensureModelFile } = await import(`${modules}/models/index.js`);
const cores = usableCores();
/** CPUs that others took during each measurement of the current table. */
let foreignLoads = [];
const write = (line) => process.stdout.write(`${line}\n`);
const programs = await builtPrograms();

/** Tokens per second from the first token on. */
async function tokensPerSecond(side) {
  const abort = new AbortController();
  let [first, last, count, abortedAt] = [undefined, undefined, 0, undefined];
  const abortAfter = (ms) =>
    setTimeout(() => {
      abortedAt = performance.now();
      abort.abort();
    }, ms);
  let timer = abortAfter(FIRST_MS);
  await side.generate(() => {
    if (abortedAt !== undefined) return;
    last = performance.now();
    if (first === undefined) {
      first = last;
      clearTimeout(timer);
      timer = abortAfter(MEASURE_MS);
    } else count += 1;
  }, abort.signal);
  clearTimeout(timer);
  if (first === undefined) return 1000 / FIRST_MS;
  // an answer may end by itself before the time is over
  return (count * 1000) / ((abortedAt ?? last) - first);
}

/** Waits until nothing else computes. @returns false if that takes too long */
async function quiet() {
  if (loud) return true;
  const deadline = performance.now() + PATIENCE_MS;
  while ((await busyNow()) > QUIET_CPUS) {
    if (performance.now() > deadline) return false;
    await sleep(1_000);
  }
  return true;
}

/** Waits for a quiet machine, then measures beside busy programs. @returns undefined if the machine wasn't quiet */
async function beside(busy, pids, measure) {
  if (!(await quiet())) return undefined;
  const programs = await startBusy(busy);
  try {
    // as a server that has been running for a while
    await sleep(1_200);
    const { result, foreign } = await withForeignLoad([...pids, ...programs.pids], measure);
    if (foreign !== undefined) foreignLoads.push(foreign);
    return loud || foreign === undefined || foreign <= QUIET_CPUS ? result : undefined;
  } finally {
    programs.stop();
  }
}

async function compare(name, sides, digits, best, measureAll) {
  write(`\n${name}`);
  const names = Object.keys(sides);
  const results = [0, 1, 2].map(() => Object.fromEntries(names.map((side) => [side, []])));
  let dropped = 0;
  foreignLoads = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const busy of results.keys()) {
      for (const turn of names.keys()) {
        const side = names[(round + turn) % names.length];
        const figure = await measureAll(busy, sides[side]);
        if (figure === undefined) dropped += 1;
        else results[busy][side].push(figure);
      }
    }
  }
  const median = (values) => values.toSorted((a, b) => a - b)[Math.round((values.length - 1) / 2)];
  write(["busy".padEnd(6), ...names.map((side) => side.padEnd(24)), "cria over the better"].join(""));
  for (const [busy, figures] of results.entries()) {
    const cells = names.map((side) =>
      (figures[side].length < LEAST ? "not measured" : spread(figures[side], digits)).padEnd(24),
    );
    const [ours, one, all] = ["cria", "cria, 1", `cria, ${cores}`].map((side) => figures[side]);
    const known = [ours, one, all].every(({ length }) => length >= LEAST);
    const ratio = known ? (median(ours) / best(median(one), median(all))).toFixed(2) : "not measured";
    write([String(busy).padEnd(6), ...cells, ratio].join(""));
  }
  write(`CPUs that others took: ${foreignLoads.length > 0 ? spread(foreignLoads, 2) : "not known"}`);
  write(
    `${dropped} of ${rounds * results.length * names.length} measurements dropped: something else computed meanwhile`,
  );
}

async function throughput(name, modelFile) {
  const sides = {
    "cria, 1": await criaSide(modelFile, 1),
    [`cria, ${cores}`]: await criaSide(modelFile, cores),
    cria: await criaSide(modelFile, undefined),
    ...(programs && {
      "llama-server, 1": await llamaServerSide(programs.server, modelFile, 1),
      [`llama-server, ${cores}`]: await llamaServerSide(programs.server, modelFile, cores),
    }),
  };
  const pids = Object.values(sides).map(({ pid }) => pid);
  try {
    for (const side of Object.values(sides)) await tokensPerSecond(side);
    await compare(`${name}, tokens/s`, sides, 1, Math.max, (busy, side) =>
      beside(busy, pids, () => tokensPerSecond(side)),
    );
  } finally {
    await Promise.all(Object.values(sides).map((side) => side.close()));
  }
}

const small = await ensureModelFile(smallModel, { home });
if (!programs) write("llama-server isn't measured: bench/support/build-llama-cpp.mjs hasn't built it.");
if (only === undefined || only === "default") await throughput("The default model", small);
if (only === undefined || only === "big") {
  const modelFile = join(benchFolder, "random-1.1b.gguf");
  await mkdir(benchFolder, { recursive: true });
  if (!existsSync(modelFile)) await writeBigModel(modelFile);
  await throughput("Random weights, TinyLlama-1.1B's shape", modelFile);
}
if (only === undefined || only === "command") {
  const sides = { "cria, 1": 1, [`cria, ${cores}`]: cores, cria: undefined };
  await compare('A whole cria "…" of 40 tokens, ms', sides, 0, Math.min, commandBeside);
}

/** Its processes end with it, so that their CPU time can't be told from others': looks before and after. */
async function commandBeside(busy, threads) {
  if (!(await quiet())) return undefined;
  const busyPrograms = await startBusy(busy);
  let ms;
  try {
    ms = command(bin, small, threads, COMMAND_MS);
  } finally {
    busyPrograms.stop();
  }
  const foreign = await busyNow();
  foreignLoads.push(foreign);
  return !loud && foreign > QUIET_CPUS ? undefined : ms;
}
