/**
 * Attacks Cria from many connections, while a polite caller goes on calling.
 *
 *     npm run build && node bench/attack.mjs [kind] [connections]
 *
 * Server (scripted engine), attackers and caller are a process each. `CRIA_CLONE` names another clone to attack. Aim: a p99 of the polite
 * caller of 1 s at most, no failed call, less than 512 MB of memory; the heap has all back but {@link HEAP_MARGIN_MB}, within {@link BACK_MS}.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { startProcess } from "./support/http-path/process.mjs";
import { withForeignLoad } from "./support/foreign-load.mjs";

const ATTACK_MS = 8_000;
/** How often is looked whether the heap has all back, … */
const LOOK_MS = 10_000;
/** … and for how long: what belongs to a connection goes with it, after {@link ServerLimits.idleMs} at the latest (75 s). */
const BACK_MS = 90_000;
const SAMPLE_MS = 100;
const AIM_MS = 1_000;
const MAX_MB = 512;
/** Code that was compiled meanwhile, and tables that grew. */
const HEAP_MARGIN_MB = 8;

const ROWS = [
  { kind: "none", title: "no attack", connections: 0, auth: "keys" },
  ...[64, 256, 400].map((connections) => ({
    kind: "pipelined",
    title: "pipelined `GET /health`",
    connections,
    auth: "keys",
  })),
  ...[16, 64].map((connections) => ({
    kind: "resets",
    title: "requests with bodies, each reset at once (HTTP/2)",
    connections,
    auth: "none",
  })),
  {
    kind: "unfinished",
    title: "2,100 unfinished requests, unknown key (HTTP/2)",
    connections: 64,
    auth: "keys",
  },
  { kind: "bodies", title: "unfinished bodies of 24 MB, unknown key", connections: 64, auth: "keys" },
  { kind: "silent", title: "silent connections", connections: 600, auth: "keys" },
  { kind: "churn", title: "connections opened and closed", connections: 64, auth: "keys" },
  { kind: "pings", title: "PING frames (HTTP/2)", connections: 64, auth: "keys" },
  ...[4, 64].map((connections) => ({
    kind: "readers",
    title: "readers that take nothing and come back (HTTP/2)",
    connections,
    auth: "none",
  })),
  ...[4, 64].map((connections) => ({
    kind: "smallReaders",
    title: "the same, with windows of 1,000 bytes",
    connections,
    auth: "none",
  })),
  ...[4, 64].map((connections) => ({
    kind: "fullReaders",
    title: "the same, with the protocol's window, on new connections",
    connections,
    auth: "none",
  })),
];

const [, , wanted, many] = process.argv;
const chosen = ROWS.filter(
  ({ kind, connections }) => kind === (wanted ?? kind) && connections === Number(many ?? connections),
);
if (chosen.length === 0) {
  throw new Error(
    `There is no such row. The kinds are ${[...new Set(ROWS.map(({ kind }) => kind))].join(", ")}.`,
  );
}
const at = (name) => new URL(`support/attack/${name}`, import.meta.url);
const row = (...cells) => process.stdout.write(`| ${cells.join(" | ")} |\n`);
const mb = (bytes) => (bytes / 1e6).toFixed(0);

function p(times, share) {
  const sorted = times.map((time) => time ?? Infinity).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

const ms = (time) =>
  time === Infinity ? "never" : time >= 100 ? `${(time / 1000).toFixed(1)} s` : `${time.toFixed(0)} ms`;

/** The resident memory of a process, in bytes (Linux). */
function residentBytes(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
  } catch {
    return Number.NaN;
  }
}

/** Waits until the heap has all back, or {@link BACK_MS} have passed. @returns undefined if the server has ended */
async function heapAfter(server, before) {
  for (let waited = LOOK_MS; ; waited += LOOK_MS) {
    await sleep(LOOK_MS);
    if (server.hasEnded()) return undefined;
    const kept = (await server.ask({ collect: true })).heap - before;
    if (kept < HEAP_MARGIN_MB * 1e6 || waited >= BACK_MS) return { kept, waited };
  }
}

async function attack({ kind, title, connections, auth }) {
  const server = await startProcess(at("server.mjs"), auth);
  const polite = await startProcess(at("polite.mjs"));
  const attacker = await startProcess(at("attacker.mjs"));
  const { port } = server;
  await polite.ask({ port, ms: 1_000 });
  const before = await server.ask({ collect: true });
  let peak = 0;
  const sampling = setInterval(() => (peak = Math.max(peak, residentBytes(server.pid))), SAMPLE_MS);
  await attacker.ask({ what: "start", kind, port, connections });
  await sleep(500);
  const calls = await polite.ask({ port, ms: ATTACK_MS });
  await attacker.ask({ what: "stop" });
  const after = await heapAfter(server, before.heap);
  clearInterval(sampling);
  const failed = [...calls.health, ...calls.invoke].filter((time) => time === null).length;
  const p99 = [p(calls.health, 0.99), p(calls.invoke, 0.99)];
  const isBack = after !== undefined && after.kept < HEAP_MARGIN_MB * 1e6;
  const reached = isBack && failed === 0 && Math.max(...p99) <= AIM_MS && peak < MAX_MB * 1e6;
  row(
    title,
    connections,
    auth,
    ...[calls.health, calls.invoke].flatMap((times) => [ms(p(times, 0.5)), ms(p(times, 0.99))]),
    `${failed} of ${calls.health.length + calls.invoke.length}`,
    mb(peak),
    after ? `${mb(after.kept)} after ${after.waited / 1000} s` : "ended",
    reached ? "yes" : "no",
  );
  await Promise.all([attacker, polite, ...(after ? [server] : [])].map((one) => one.stop()));
}

row(
  "attack",
  "connections",
  "auth",
  "/health p50",
  "p99",
  "InvokeModel p50",
  "p99",
  "failed calls",
  "peak memory, MB",
  "heap kept, MB",
  "aim",
);
row(...Array(11).fill("---"));
for (const one of chosen) {
  const load = await withForeignLoad(() => attack(one));
  if (load > 0.1)
    process.stderr.write(`other programs took ${(load * 100).toFixed(0)} % of the machine meanwhile\n`);
}
