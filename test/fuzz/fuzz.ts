import { setTimeout as sleep } from "node:timers/promises";

import fc from "fast-check";

import type { Act } from "./acts.js";
import { scenario } from "./generate/scenario.js";
import { HEAP_GROWTH_BYTES, PATIENCE_MS, RSS_GROWTH_BYTES, SEQUENCES } from "./limits.js";
import { checkRaw, isAnswered } from "./oracle/check-act.js";
import { checkAnswer } from "./oracle/check-answer.js";
import { playRaw } from "./play/raw.js";
import { playRequest } from "./play/request.js";
import { occupyAll, playValid } from "./play/valid.js";
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
  const { server, port } = await ServerProcess.start();
  try {
    return await fuzzServer(server, port, options);
  } finally {
    await server.close();
  }
}

async function fuzzServer(
  server: ServerProcess,
  port: number,
  { seconds, seed }: FuzzOptions,
): Promise<FuzzReport> {
  const states: ServerState[] = [];
  const startedAt = performance.now();
  let scenarios = 0;
  let running = Promise.resolve();
  const property = fc.asyncProperty(scenario, async (acts) => {
    scenarios += 1;
    running = playScenario(server, port, acts, scenarios);
    await running;
    const part = Math.floor(((performance.now() - startedAt) / seconds / 1_000) * PARTS);
    if (part > states.length) states.push(await quietState(server));
  });
  await fc.assert(property, {
    seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: seconds * 1_000,
  });
  // the one that was interrupted, if it was
  await running;
  states.push(await quietState(server));
  checkGrowth(states);
  await occupyAll(port, SEQUENCES);
  await quietState(server);
  expectNoMistakes(server);
  if (server.stderr !== "") throw new Error(`The server wrote to stderr: ${server.stderr}`);
  return { scenarios, states };
}

/** Plays all acts at once, each checked, with two valid requests beside them and one behind. */
async function playScenario(
  server: ServerProcess,
  port: number,
  acts: readonly Act[],
  turn: number,
): Promise<void> {
  const played = acts.map((act) => playAct(port, act));
  const [failed] = await Promise.all([Promise.all(played), playValid(port, turn), playValid(port, turn + 4)]);
  await playValid(port, turn + 1);
  for (const id of failed.flat()) await expectCause(server, id);
  expectNoMistakes(server);
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

/** @returns ids of requests for whose failure the log must have a line */
async function playAct(port: number, act: Act): Promise<string[]> {
  if (act.type === "raw") {
    return checkRaw(act, await playRaw(port, act, (received) => isAnswered(act, received)));
  }
  const answer = await playRequest(port, act);
  return answer ? [checkAnswer(answer, act.method) ?? []].flat() : [];
}

/** The server's state once no connection is open. @throws {Error} one stays open. */
async function quietState(server: ServerProcess): Promise<ServerState> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const state = await server.state();
    if (state.sockets === 0) return state;
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
