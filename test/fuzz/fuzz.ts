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

/** How long, and from where. */
export interface FuzzOptions {
  readonly seconds: number;
  /** Same seed, same scenarios in the same order; how many are reached is up to the machine. */
  readonly seed: number;
}

/** What a run came to. */
export interface FuzzReport {
  readonly scenarios: number;
  /** The first is the one that growth is measured from. */
  readonly states: readonly ServerState[];
}

/** Parts of the time, at whose ends memory is looked at; after the first the server is warm: its code has run, and V8 has compiled it. */
const PARTS = 6;

/**
 * Fuzzes a server of its own, with valid requests in between.
 *
 * @throws {Error} something broke the rules; with the seed and path that find it again, and the scenario, as small as can be.
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
  // the one that was interrupted, if it was
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

/** Plays all acts at once, each checked, with two valid requests beside them and one behind. */
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

/** The log's line comes by another way than the answer, so it may be later. @throws {Error} it doesn't come. */
async function expectCause(server: ServerProcess, requestId: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!server.hasCause(requestId)) {
    if (Date.now() > deadline) throw new Error(`The log tells no cause of the failure of ${requestId}.`);
    await sleep(10);
  }
}

function expectNoMistakes(server: ServerProcess): void {
  const [mistake] = server.takeMistakes();
  if (mistake) throw new Error(`The server failed: ${JSON.stringify(mistake)}`);
}

/** The server's state once no connection is open but those of patient clients. @throws {Error} one stays open. */
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
  // the lowest of the later ones: a moment's memory isn't growth, but what never goes down again is
  const grown = (of: (state: ServerState) => number) => Math.min(...later.slice(-2).map(of)) - of(warm);
  const heap = grown(({ heapUsed }) => heapUsed);
  const rss = grown(({ rss: bytes }) => bytes);
  if (heap > HEAP_GROWTH_BYTES) throw new Error(`The heap has grown by ${heap} bytes.`);
  if (rss > RSS_GROWTH_BYTES) throw new Error(`The process has grown by ${rss} bytes.`);
}
