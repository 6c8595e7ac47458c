/**
 * Measures the whole HTTP path, from the scripted engine's token to a client's socket.
 *
 *     npm run build && node bench/http-path.mjs
 *
 * The upper limit is Node itself (`node:http`, `node:http2`) writing the same frames of about 250 bytes, made beforehand. A
 * second Node server encodes each frame when it is sent, as any real server must. Client and servers are separate
 * processes; the client is the same for all and uses raw connections. Cria and Node take turns, so that a disturbance affects both.
 * Ratios are Cria's over Node's for frames per second, and Node's over Cria's for CPU time: 1 is as good as Node.
 *
 * Aim: 0.8 of Node's.
 */
import { start } from "./support/http-path/process.mjs";
import { spread } from "./support/statistics.mjs";
import { encode } from "./support/http-path/work.mjs";

/** Tokens in an answer of usual length. */
const FRAMES = 200;

/** The number of concurrent streams, of requests in a round, and of rounds for each server. */
const TURNS = [
  { streams: 1, requests: 40, pairs: 7 },
  { streams: 10, requests: 60, pairs: 7 },
  { streams: 100, requests: 100, pairs: 7 },
  { streams: 1000, requests: 1000, pairs: 3 },
];
const BURSTS = [
  { streams: 1, requests: 60, pairs: 5 },
  { streams: 100, requests: 100, pairs: 5 },
];

/** The speed of a fast model. */
const PACED = { streams: 100, frames: 150, ms: 20, pairs: 3 };

const IDLE = 1000;

const PROTOCOLS = ["http1", "http2"];

const client = await start("client.mjs");
const write = (line) => process.stdout.write(`${line}\n`);
const row = (...cells) => write(`| ${cells.join(" | ")} |`);

/** Writes a table's title and its heading. */
function table(title, ...columns) {
  write(`\n${title}\n`);
  row(...columns);
  row(...columns.map(() => "---"));
}

/** One round: frames per second, the server's CPU time for a frame in µs, and the latencies if requested. */
async function round(server, protocol, { streams, requests, frames, prompt, latency }) {
  const before = await server.ask();
  const { port } = server;
  const what = "measure";
  const result = await client.ask({ what, protocol, port, streams, requests, prompt, latency });
  const after = await server.ask();
  const count = requests * frames;
  return {
    speed: (count / result.ms) * 1000,
    cpu: (after.cpu - before.cpu) / count,
    latencies: result.latencies,
  };
}

/** Rounds of each server, in turns. The order alternates, so that a machine that slows down favours none. */
async function rounds(servers, names, pairs, measure) {
  const results = Object.fromEntries(names.map((name) => [name, []]));
  // the first warms up the compiler
  for (let pair = -1; pair < pairs; pair += 1) {
    for (const name of pair % 2 === 0 ? names : names.toReversed()) {
      const result = await measure(servers[name]);
      if (pair >= 0) results[name].push(result);
    }
  }
  return results;
}

async function flatOut(kind, { streams, requests, pairs }, protocol, servers) {
  const options = { streams, requests, frames: FRAMES, prompt: `${kind} ${FRAMES}` };
  const { cria, built, encoding } = await rounds(servers, ["cria", "built", "encoding"], pairs, (server) =>
    round(server, protocol, options),
  );
  const values = (list, key) => list.map((one) => one[key]);
  const ratio = (over, under, key) => over.map((one, i) => one[key] / under[i][key]);
  row(
    protocol,
    streams,
    spread(values(cria, "speed"), 0),
    spread(ratio(cria, built, "speed"), 2),
    spread(ratio(cria, encoding, "speed"), 2),
    spread(values(cria, "cpu"), 1),
    spread(ratio(built, cria, "cpu"), 2),
    spread(ratio(encoding, cria, "cpu"), 2),
  );
}

/** A percentile in ms, of latencies in ns. */
function percentile({ latencies }, share) {
  const sorted = latencies.toSorted((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * share)] / 1e6;
}

async function paced(protocol, servers) {
  const { streams, frames, ms, pairs } = PACED;
  const options = { streams, requests: streams, frames, prompt: `paced ${frames} ${ms}`, latency: true };
  const { cria, encoding } = await rounds(servers, ["cria", "encoding"], pairs, (server) =>
    round(server, protocol, options),
  );
  const at = (list, share) => list.map((one) => percentile(one, share));
  const added = (share) => at(cria, share).map((latency, i) => latency - percentile(encoding[i], share));
  const spreads = (...lists) => lists.map((list) => spread(list, 2));
  row(
    protocol,
    ...spreads(at(cria, 0.5), added(0.5), at(cria, 0.99), added(0.99)),
    ...spreads(cria.map(({ cpu }, i) => encoding[i].cpu / cpu)),
  );
}

/** The memory of an open, silent stream, in KB. */
async function idle(protocol, server) {
  const before = await server.ask({ collect: true });
  await client.ask({ what: "hold", protocol, port: server.port, streams: IDLE });
  const after = await server.ask({ collect: true });
  await client.ask({ what: "release" });
  return ["heap", "rss"].map((key) => ((after[key] - before[key]) / IDLE / 1024).toFixed(1));
}

/** Runs a part of the benchmark with a fresh server of each kind. */
async function withServers(protocol, part) {
  const servers = {
    cria: await start("cria.mjs"),
    built: await start("plain.mjs", protocol, "built"),
    encoding: await start("plain.mjs", protocol, "encoding"),
  };
  await part(servers);
  for (const server of Object.values(servers)) server.stop();
}

write(
  `frames of ${encode(" Hello", 2, false).length} bytes, ${FRAMES} in each answer; median (lowest … highest)`,
);
for (const [kind, title, steps] of [
  ["turns", "One token in each turn of the event loop, in each stream", TURNS],
  ["burst", "All tokens of an answer at once", BURSTS],
]) {
  const columns = ["frames/s", "ratio to Node", "ratio to Node that encodes"];
  const lighter = ["CPU per frame, µs", "Node's CPU / Cria's", "CPU of Node that encodes / Cria's"];
  table(title, "protocol", "streams", ...columns, ...lighter);
  for (const protocol of PROTOCOLS) {
    await withServers(protocol, async (servers) => {
      for (const step of steps) await flatOut(kind, step, protocol, servers);
    });
  }
}
const rate = `${PACED.streams} streams of ${1000 / PACED.ms} tokens/s: time from a token to its frame at the client`;
table(rate, "protocol", "p50, ms", "more than Node's", "p99, ms", "more than Node's", "Node's CPU / Cria's");
for (const protocol of PROTOCOLS) await withServers(protocol, (servers) => paced(protocol, servers));
table(`${IDLE} silent streams, KB each`, "protocol", "heap", "Node's", "process", "Node's");
for (const protocol of PROTOCOLS) {
  await withServers(protocol, async (servers) => {
    const [heap, rss] = await idle(protocol, servers.cria);
    const [nodesHeap, nodesRss] = await idle(protocol, servers.built);
    row(protocol, heap, nodesHeap, rss, nodesRss);
  });
}
client.stop();
