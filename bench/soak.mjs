/**
 * Checks that an engine is unchanged after many requests: requests of all lengths, of which half are aborted, abandoned, read
 * slowly, refused or given up while they wait. In the end all sequences must be free, and memory must not have grown.
 *
 *     npm run build && node bench/soak.mjs [requests] [model.gguf] [seed]
 *
 * Defaults: 10,000 requests and the default model. Claims: no sequence is lost, and each process grows by less than 50 MB.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import {
  createLlamaCppEngine,
  EngineBusyError,
  ensureLlamaCppRuntime,
  PromptTooLongError,
  withAdmission,
} from "../build/engine/index.js";
import { smallModel, ensureModelFile } from "../build/models/index.js";
import { home } from "./support/home.mjs";

const [requests = 10_000, model, seed = 1] = [process.argv[2], process.argv[3], process.argv[4]].map(
  (value) => (value === undefined || existsSync(value) ? value : Number(value)),
);

const SEQUENCES = 4;
const CONTEXT_SIZE = 1024;
/** More than there are sequences, so that some wait, and some of those leave. */
const CALLERS = 12;
/** Requests before the first measurement: caches and pools fill up during these. */
const WARM_UP = Math.ceil(requests / 10);
const MAX_GROWTH_MB = 50;
/** Longer than the interval at which an engine updates its child process's memory. */
const MEMORY_AGE_MS = 2_500;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

const runtime = await ensureLlamaCppRuntime({ home });
const modelFile = model ?? (await ensureModelFile(smallModel, { home }));
const restarts = [];
const local = createLlamaCppEngine({
  files: () => Promise.resolve({ runtime, modelFile }),
  sequences: SEQUENCES,
  contextSize: CONTEXT_SIZE,
  threads: 1,
  onEvent: (event) => {
    if (event.type === "stopped") restarts.push(event.reason);
  },
});
// some callers wait for a sequence
const engine = withAdmission(local);
await engine.model();

const random = randomNumbers(seed);
const upTo = (most) => 1 + Math.floor(random() * most);
const ends = {};
let begun = 0;

await run(WARM_UP);
const before = await measure("before");
await run(requests);
const after = await measure("after");
await engine.close();

const growth = { parent: after.parent - before.parent, child: after.child - before.child };
console.log(JSON.stringify({ requests, seed, ends, before, after, growth, restarts }));
const lost = after.free !== SEQUENCES || restarts.length > 0;
if (lost || growth.parent > MAX_GROWTH_MB || growth.child > MAX_GROWTH_MB) {
  console.error("Sequences were lost, or memory grew.");
  process.exitCode = 1;
}

async function run(count) {
  const last = begun + count;
  const caller = async () => {
    while (begun < last) {
      begun += 1;
      if (begun % 1_000 === 0)
        console.error(`${begun} requests, child ${megabytes(engine.memory()?.residentBytes)} MB`);
      const end = await request();
      ends[end] = (ends[end] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

/** Makes one random request. @returns how it ended */
async function request() {
  const fate = random();
  const abort = new AbortController();
  const maxTokens = upTo(24);
  const stopAt = upTo(maxTokens);
  // a sixth of the prompts share a prefix
  const words = Array.from({ length: upTo(fate > 0.95 ? 4 * CONTEXT_SIZE : 150) }, () => `word${upTo(999)}`);
  const prompt = `${random() < 1 / 6 ? "The same instructions for everybody. ".repeat(8) : ""}${words.join(" ")}`;
  if (fate < 0.25) setTimeout(() => abort.abort(new Error("aborted")), random() * 100);
  try {
    const generation = await engine.generate({
      prompt,
      maxTokens,
      temperature: random(),
      topP: random(),
      seed: upTo(1e9),
      signal: abort.signal,
    });
    let tokens = 0;
    for await (const { stopReason } of generation) {
      tokens += 1;
      if (stopReason !== null) return "whole";
      if (fate < 0.35 && tokens === stopAt) abort.abort(new Error("aborted"));
      else if (fate < 0.45 && tokens === stopAt) return "left";
      else if (fate < 0.5) await sleep(5);
    }
    return "ended without a reason";
  } catch (error) {
    if (error === abort.signal.reason) return "aborted";
    if (error instanceof PromptTooLongError) return "too long";
    if (error instanceof EngineBusyError) return "busy";
    throw error;
  }
}

/** Memory in MB with nothing running, and how many sequences are free. */
async function measure(when) {
  const free = await freeSequences();
  await sleep(MEMORY_AGE_MS);
  collectGarbage();
  const measured = {
    free,
    parent: megabytes(process.memoryUsage.rss()),
    parentHeap: megabytes(process.memoryUsage().heapUsed),
    child: megabytes(engine.memory()?.residentBytes),
  };
  console.error(`${when}: ${JSON.stringify(measured)}`);
  return measured;
}

/** The number of generations that can be started at once, none of them read. */
async function freeSequences() {
  const giveUp = new AbortController();
  const generations = Array.from({ length: SEQUENCES + 1 }, () =>
    engine.generate({ prompt: "Hold", maxTokens: 900, temperature: 0, topP: 1, signal: giveUp.signal }),
  );
  const settled = Promise.all(
    generations.map((generation) =>
      generation.then(
        () => true,
        () => false,
      ),
    ),
  );
  await Promise.all(generations.slice(0, SEQUENCES));
  // a generation that hasn't started by now waits for a sequence
  await sleep(1_000);
  giveUp.abort(new Error("enough"));
  return (await settled).filter(Boolean).length;
}

function megabytes(bytes = NaN) {
  return Math.round(bytes / 1e5) / 10;
}

/** A random source of numbers from 0 up to 1, the same ones for the same seed. */
function randomNumbers(seed) {
  let drawn = 0;
  return () => {
    drawn += 1;
    return createHash("sha256").update(`${seed} ${drawn}`).digest().readUInt32LE() / 2 ** 32;
  };
}
