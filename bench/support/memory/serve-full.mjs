/**
 * Serves a model as `cria serve` does by default, and sends as many requests at once as it has sequences. Those of whole sequences ask for
 * more tokens than a half one holds. Prints what was loaded, what it took, and each answer's tokens, as JSON. Started by bench/memory.mjs,
 * which limits the memory of this process and its children.
 *
 *     node serve-full.mjs MODEL-FILE ID
 *
 * FILL is the share of each sequence to fill, THREADS the number of compute threads.
 */
import { Writable } from "node:stream";

import { modules } from "../home.mjs";
import { forgetReferences, resident } from "./resident.mjs";

/** Tokens to generate. */
const TOKENS = 16;
const WATCH_MS = 2_000;

const [modelFile, as] = process.argv.slice(2);
const fill = Number(process.env.FILL ?? 1);
const { serve, createLogger } = await import(`${modules}/server/index.js`);
const { streamLlama } = await import(`${modules}/client/index.js`);
const { machineMemory } = await import(`${modules}/platform/index.js`);

let loaded;
const destination = new Writable({
  write(chunk, _, done) {
    const line = JSON.parse(chunk.toString());
    if (line.msg === "model loaded") loaded = line;
    done();
  },
});
const logger = await createLogger({ destination, pretty: false });
const threads = Number(process.env.THREADS) || undefined;
const server = await serve({ modelFile, as, logger, threads });
await server.ready();
const { pid, contextSize, sequences, halfSequences } = loaded;
await forgetReferences(pid);
const peak = { all: 0, needed: 0 };
async function look() {
  const now = await resident(pid, modelFile);
  for (const kind of Object.keys(peak)) peak[kind] = Math.max(peak[kind], now[kind]);
}
const watch = setInterval(() => void look(), WATCH_MS);

async function answer(i) {
  const whole = i < sequences - halfSequences;
  const size = whole ? contextSize : Math.ceil(contextSize / 2);
  // " the" is one token; a few more for the number
  const words = Math.floor(size * fill) - TOKENS - 10;
  // a whole one is short of words where it isn't to be filled, but not of tokens to generate
  const maxGenLen = whole && fill < 0.5 ? 2048 : TOKENS;
  const prompt = `${i}:${" the".repeat(Math.max(1, words))}`;
  const stop = new AbortController();
  const stream = streamLlama({
    on: server,
    modelId: as,
    prompt,
    maxGenLen,
    temperature: 0,
    signal: stop.signal,
  });
  const told = { whole, chunks: 0, totals: undefined, error: undefined };
  try {
    for await (const { generation } of stream) {
      if (generation !== "") told.chunks += 1;
      if (told.chunks === TOKENS) break;
    }
    told.totals = stream.totals;
  } catch (error) {
    told.error = String(error);
  }
  return { ...told, promptTokens: words };
}

const startedAt = performance.now();
const answers = await Promise.all(Array.from({ length: sequences }, (_, i) => answer(i)));
clearInterval(watch);
await look();
const seconds = (performance.now() - startedAt) / 1000;
process.stdout.write(`${JSON.stringify({ memory: machineMemory(), loaded, peak, answers, seconds })}\n`);
await server.close();
