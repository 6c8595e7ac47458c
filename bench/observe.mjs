/**
 * Measures what metrics and traces cost a server: its CPU time with and without them, in turns, for a frame of a long answer and for a
 * whole request with a short one. Server and client are processes of their own; the collector is in this one. What a token adds is less than
 * the spread of that, so it is measured in a loop, too.
 *
 *     npm run build && node bench/observe.mjs
 *
 * Aim: less than 1 µs for a token.
 */
import { createServer } from "node:http";

import { ServerMetrics } from "../build/server/metrics/index.js";
import { startTraces } from "../build/server/traces/index.js";
import { start } from "./support/http-path/process.mjs";
import { spread } from "./support/statistics.mjs";

const ROUNDS = 9;
/** Answers of 1,000 tokens, in which a token's cost shows, and of 2, in which a request's does. */
const WORK = [
  { name: "token", prompt: "burst 1000", streams: 20, requests: 40, units: 40 * 1000 },
  { name: "request", prompt: "burst 2", streams: 20, requests: 2000, units: 2000 },
];

let bytes = 0;
const collector = createServer((request, response) => {
  request.on("data", (part) => (bytes += part.length));
  request.on("end", () => response.end("{}"));
});
await new Promise((resolve) => collector.listen(0, "127.0.0.1", resolve));
const endpoint = `http://127.0.0.1:${collector.address().port}`;

const kinds = {
  off: {},
  metrics: { metrics: true },
  traces: { traces: { endpoint } },
};
const servers = {};
for (const [name, options] of Object.entries(kinds)) {
  servers[name] = await start("cria.mjs", JSON.stringify(options));
}
const client = await start("client.mjs");

/** The server's CPU time for each unit of work, in µs. */
async function measure(server, { prompt, streams, requests, units }) {
  const before = await server.ask({ collect: true });
  const what = { what: "measure", protocol: "http1", port: server.port, streams, requests, prompt };
  await client.ask(what);
  const after = await server.ask();
  return (after.cpu - before.cpu) / units;
}

const names = Object.keys(kinds);
for (const work of WORK) {
  const results = Object.fromEntries(names.map((name) => [name, []]));
  // the first rounds warm up the compiler
  for (let round = -3; round < ROUNDS; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const cpu = await measure(servers[name], work);
      if (round >= 0) results[name].push(cpu);
    }
  }
  process.stdout.write(`\nCPU of the server for each ${work.name}, µs: median (lowest … highest)\n`);
  for (const name of names) {
    const added = results[name].map((cpu, i) => cpu - results.off[i]);
    const more = name === "off" ? "" : `   more than off: ${spread(added, 2)}`;
    process.stdout.write(`${name.padEnd(8)} ${spread(results[name], 2)}${more}\n`);
  }
}

/** What a token's event costs a watcher, in ns. */
function loop(watch) {
  const TOKENS = 2e6;
  for (const event of [
    { type: "routed", operation: "ConverseStream" },
    { type: "modelFound", modelId: "meta.llama3-8b-instruct-v1:0", mapped: false },
    { type: "promptCounted", tokens: 10 },
  ]) {
    watch(event);
  }
  const began = process.cpuUsage();
  for (let count = 1; count <= TOKENS; count += 1) watch({ type: "token", count });
  const { user, system } = process.cpuUsage(began);
  return ((user + system) * 1000) / TOKENS;
}
const logger = { warn: () => undefined, info: () => undefined };
const accepted = {
  type: "accepted",
  requestId: "x",
  protocol: "HTTP/1.1",
  method: "POST",
  path: "/",
  startedAt: 0,
};
const metrics = new ServerMetrics({ host: "127.0.0.1", allowHosts: [], limits: {}, logger });
const traces = await startTraces({ endpoint, host: "127.0.0.1", logger });
const tracer = traces.tracer(1);
const watchers = {
  nothing: () => () => undefined,
  metrics: metrics.watcher,
  traces: (request) => tracer(request).onEvent,
};
process.stdout.write("\nan event of a token, in a loop, ns of CPU\n");
for (const [name, watcher] of Object.entries(watchers)) {
  const values = Array.from({ length: 7 }, () => loop(watcher(accepted)));
  process.stdout.write(`${name.padEnd(8)} ${spread(values.slice(1), 1)}\n`);
}
await traces.close();

const url = `http://127.0.0.1:${servers.metrics.port}/metrics`;
const times = [];
let size = 0;
for (let i = 0; i < 50; i += 1) {
  const before = await servers.metrics.ask();
  size = (await (await fetch(url)).text()).length;
  times.push(((await servers.metrics.ask()).cpu - before.cpu) / 1000);
}
process.stdout.write(`\na scrape: ${size} bytes, ${spread(times, 1)} ms of CPU\n`);
process.stdout.write(`the collector got ${Math.round(bytes / 1000)} KB\n`);
for (const server of Object.values(servers)) await server.stop();
await client.stop();
collector.close();
