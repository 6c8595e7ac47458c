import { setTimeout as sleep } from "node:timers/promises";

import fc from "fast-check";

import type { Act } from "./acts.js";
import { scenario } from "./generate/scenario.js";
import { HEAP_GROWTH_BYTES, PATIENCE_MS, RSS_GROWTH_BYTES, SEQUENCES } from "./limits.js";
import { playAct } from "./play/act.js";
import { isPatient, PatientActs } from "./play/patient-acts.js";
import type { Ports } from "./play/request.js";
import { occupyAll, playEachOperation, playValid } from "./play/valid.js";
import { ServerProcess, type ServerState } from "./server/server-process.js";

/** The duration and the seed of a run. */
export interface FuzzOptions {
  readonly seconds: number;
  /** The same seed gives the same scenarios in the same order; their number depends on the machine. */
  readonly seed: number;
}

/** The result of a run. */
export interface FuzzReport {
  readonly scenarios: number;
  /** Growth is measured from the first. */
  readonly states: readonly ServerState[];
}

/** Parts of the run; memory is measured at the end of each. After the first the server is warm: V8 has run and compiled its code. */
const PARTS = 6;

/**
 * Starts a server and fuzzes it, with valid requests in between.
 *
 * @throws {Error} a rule was broken; the message has the seed and path to reproduce it, and the smallest scenario found.
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { server, ports } = await ServerProcess.start();
  try {
    return await fuzzServer(server, ports, options);
  } finally {
    await server.close();
  }
}

async function fuzzServer(
  server: ServerProcess,
  ports: Ports,
  { seconds, seed }: FuzzOptions,
): Promise<FuzzReport> {
  const states: ServerState[] = [];
  const patient = new PatientActs(ports);
  const startedAt = performance.now();
  let scenarios = 0;
  let running = Promise.resolve();
  const property = fc.asyncProperty(scenario, async (acts) => {
    scenarios += 1;
    running = playScenario(server, ports, patient, acts, scenarios).then(async () => {
      const part = Math.floor(((performance.now() - startedAt) / seconds / 1_000) * PARTS);
      if (part > states.length) states.push(await quietState(server, patient));
    });
    await running;
  });
  await fc.assert(property, {
    seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: seconds * 1_000,
  });
  // the interrupted scenario, if any
  await running;
  await patient.ended();
  patient.expectNoFailure();
  states.push(await quietState(server, patient));
  checkGrowth(states);
  await playEachOperation(ports);
  await occupyAll(ports, SEQUENCES);
  await quietState(server, patient);
  expectNoMistakes(server);
  if (server.stderr !== "") throw new Error(`The server wrote to stderr: ${server.stderr}`);
  return { scenarios, states };
}

/** Plays all acts in parallel and checks each, with two valid requests in parallel and one afterwards. */
async function playScenario(
  server: ServerProcess,
  ports: Ports,
  patient: PatientActs,
  acts: readonly Act[],
  turn: number,
): Promise<void> {
  for (const act of acts.filter(isPatient)) patient.start(act);
  const played = acts.filter((act) => !isPatient(act)).map((act) => playAct(ports, act));
  const [failed] = await Promise.all([
    Promise.all(played),
    playValid(ports, 3 * turn),
    playValid(ports, 3 * turn + 1),
  ]);
  await playValid(ports, 3 * turn + 2);
  for (const id of failed.flat()) await expectCause(server, id);
  expectNoMistakes(server);
  patient.expectNoFailure();
}

/** Waits for a log line, which may arrive later than the response. @throws {Error} it doesn't arrive. */
async function expectCause(server: ServerProcess, requestId: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!server.hasCause(requestId)) {
    if (Date.now() > deadline) throw new Error(`The log has no cause for the failure of ${requestId}.`);
    await sleep(10);
  }
}

function expectNoMistakes(server: ServerProcess): void {
  const [mistake] = server.takeMistakes();
  if (mistake) throw new Error(`The server failed: ${JSON.stringify(mistake)}`);
}

/** The server's state once only the connections of patient acts are open. @throws {Error} another connection stays open. */
async function quietState(server: ServerProcess, patient: PatientActs): Promise<ServerState> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const state = await server.state();
    if (state.sockets <= patient.count) return state;
    if (Date.now() > deadline) throw new Error(`${state.sockets} connections are still open.`);
    await sleep(50);
  }
}

function checkGrowth(states: readonly ServerState[]): void {
  const [warm, ...later] = states;
  if (!warm) return;
  // the lowest of the later measurements: a short peak isn't growth, memory that never shrinks is
  const grown = (of: (state: ServerState) => number) => Math.min(...later.slice(-2).map(of)) - of(warm);
  const heap = grown(({ heapUsed }) => heapUsed);
  const rss = grown(({ rss: bytes }) => bytes);
  if (heap > HEAP_GROWTH_BYTES) throw new Error(`The heap has grown by ${heap} bytes.`);
  if (rss > RSS_GROWTH_BYTES) throw new Error(`The process has grown by ${rss} bytes.`);
}
