import { describe, expect, test } from "vitest";

import { ThreadCount } from "../../../../src/engine/llama-cpp/child/thread-count.js";

/** Linux' counters advance in steps of this many ms. */
const STEP_MS = 10;

interface Simulation {
  /** CPUs, each a core. */
  readonly cpus: number;
  /** Busy programs beside, at a time in ms. */
  readonly busy?: (ms: number) => number;
  /** Work of a token: ms that can't be divided, that are divided among the threads, and that each thread adds. */
  readonly serial?: number;
  readonly parallel?: number;
  readonly perThread?: number;
  /** Slows everything down without a trace in the counters, as a busy host does to a virtual machine. */
  readonly stolen?: (ms: number, threads: number) => number;
  /** What the counters say. @default the truth */
  readonly counters?: "stand still" | "missing" | "always busy";
  readonly seed?: number;
}

/** A machine that computes as llama.cpp does: threads wait for each other, and much longer where they outnumber the CPUs. */
class Machine {
  now = 1_000;
  #free = 0;
  #own = 0;
  #random: () => number;

  constructor(readonly about: Simulation) {
    let state = about.seed ?? 1;
    this.#random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  }

  /** Evaluates so many tokens of a prompt, or decodes one. @returns the time that it took in ms */
  tick(threads: number, promptTokens = 0): number {
    const { cpus, busy = () => 0, serial = 1, parallel = 10, perThread = 0.1, stolen = () => 1 } = this.about;
    const others = busy(this.now);
    const size = promptTokens === 0 ? 1 : 1 + promptTokens * 0.3;
    const noise = 0.95 + this.#random() * 0.15 + (this.#random() < 0.02 ? 1 : 0);
    const alone = (serial + (parallel * size) / threads + perThread * threads) * noise;
    const factor = stolen(this.now, threads);
    if (threads + others <= cpus) return this.#pass(alone * factor, threads * 0.95, others);
    const share = cpus / (threads + others);
    // measured with two threads on two cores: a tick took from 2 to 400 times as long, half of them 6 times and more
    const wait = threads === 1 ? 1 / share : 2 + 4 / Math.max(0.02, this.#random());
    return this.#pass(
      alone * wait * factor,
      Math.min(threads, threads * share),
      Math.min(others, cpus - threads * share),
    );
  }

  /** Nothing is evaluated for so long. */
  idle(ms: number): void {
    this.#pass(ms, 0, Math.min(this.about.cpus, this.about.busy?.(this.now) ?? 0));
  }

  times = () => {
    const { cpus, counters } = this.about;
    if (counters === "missing") return undefined;
    const step = (ms: number) => Math.floor(ms / STEP_MS) * STEP_MS;
    const still = counters === "stand still";
    return {
      cpus,
      freeMs: still || counters === "always busy" ? 0 : step(this.#free),
      totalMs: still ? 0 : step(this.now * cpus),
      ownMs: this.#own,
      parentMs: 0,
    };
  };

  #pass(ms: number, own: number, others: number): number {
    this.now += ms;
    this.#own += own * ms;
    this.#free += Math.max(0, this.about.cpus - own - others) * ms;
    return ms;
  }
}

function counter(machine: Machine, max = machine.about.cpus) {
  const changes: number[] = [];
  const count = new ThreadCount({
    max,
    machine: machine.times,
    now: () => machine.now,
    onChange: (threads) => changes.push(threads),
  });
  return { count, changes };
}

/** Decodes for so long with one stream. @returns tokens per second */
function decodeFor(seconds: number, machine: Machine, threads: number | ThreadCount): number {
  const start = machine.now;
  let tokens = 0;
  if (typeof threads !== "number") threads.begin();
  for (; machine.now - start < seconds * 1000; tokens += 1) {
    const ms = machine.tick(typeof threads === "number" ? threads : threads.count);
    if (typeof threads !== "number") threads.ticked("1+0", ms);
  }
  return (tokens * 1000) / (machine.now - start);
}

/** The speed over that of the best fixed number of threads on an equal machine. */
function overBest(about: Simulation, seconds: number): number {
  const counts = Array.from({ length: about.cpus }, (_, i) => i + 1);
  const best = Math.max(...counts.map((n) => decodeFor(seconds, new Machine(about), n)));
  const machine = new Machine(about);
  const { count } = counter(machine);
  machine.idle(1_000);
  return decodeFor(seconds, machine, count) / best;
}

const seeds = [1, 2, 3, 4, 5];

describe("over the best fixed number of threads", () => {
  const rows: readonly (readonly [string, Simulation])[] = [
    ["2 CPUs alone", { cpus: 2 }],
    ["2 CPUs, 1 busy", { cpus: 2, busy: () => 1 }],
    ["2 CPUs, 2 busy", { cpus: 2, busy: () => 2 }],
    ["2 CPUs, a model where the second thread gains little", { cpus: 2, serial: 4, parallel: 4 }],
    ["2 CPUs, a large model", { cpus: 2, parallel: 800 }],
    ["2 CPUs, a large model, 1 busy", { cpus: 2, parallel: 800, busy: () => 1 }],
    ["1 CPU alone", { cpus: 1 }],
    ["1 CPU, 1 busy", { cpus: 1, busy: () => 1 }],
    ["8 CPUs alone", { cpus: 8, parallel: 60 }],
    ["8 CPUs, 3 busy", { cpus: 8, parallel: 60, busy: () => 3 }],
    ["64 CPUs alone", { cpus: 64, parallel: 600 }],
    ["64 CPUs, 1 busy", { cpus: 64, parallel: 600, busy: () => 1 }],
    ["64 CPUs, 40 busy", { cpus: 64, parallel: 600, busy: () => 40 }],
    ["64 CPUs that are no faster than 10", { cpus: 64, parallel: 30, perThread: 0.3 }],
    ["2 CPUs, 1 busy for 5 s of every 10", { cpus: 2, busy: (ms) => (ms % 10_000 < 5_000 ? 1 : 0) }],
    [
      "8 CPUs, 4 busy for 5 s of every 10",
      { cpus: 8, parallel: 60, busy: (ms) => (ms % 10_000 < 5_000 ? 4 : 0) },
    ],
    ["2 CPUs, no counters", { cpus: 2, counters: "missing" }],
    ["2 CPUs, no counters, 1 busy", { cpus: 2, counters: "missing", busy: () => 1 }],
    ["2 CPUs, counters that stand still, 2 busy", { cpus: 2, counters: "stand still", busy: () => 2 }],
    ["2 CPUs of a virtual machine whose host is busy", { cpus: 2, stolen: (_, n) => (n > 1 ? 4 : 1) }],
  ];
  test.each(rows)("%s", (_, about) => {
    const ratios = seeds.map((seed) => overBest({ ...about, seed }, 120));
    expect(ratios.toSorted((a, b) => a - b)[2]).toBeGreaterThan(0.9);
  });
});

test("bursts cost no more than a fifth", () => {
  const busy = (ms: number) => (ms % 1_000 < 200 ? 1 : 0);
  for (const seed of seeds) expect(overBest({ cpus: 2, busy, seed }, 120)).toBeGreaterThan(0.8);
});

describe("a short answer", () => {
  /** Milliseconds for a prompt of 60 tokens and 40 tokens of answer. */
  const answer = (machine: Machine, threads: number | ThreadCount) => {
    const start = machine.now;
    if (typeof threads !== "number") threads.begin();
    for (const promptTokens of [60, ...Array.from({ length: 39 }, () => 0)]) {
      const ms = machine.tick(typeof threads === "number" ? threads : threads.count, promptTokens);
      if (typeof threads !== "number") threads.ticked(promptTokens > 0 ? "0+60" : "1+0", ms);
    }
    return machine.now - start;
  };

  test.each([
    ["alone", 0],
    ["with 1 busy program beside", 1],
    ["with 2 busy programs beside", 2],
  ])("takes no longer than with the best fixed number, %s", (_, others) => {
    const about = { cpus: 2, busy: () => others };
    const best = Math.min(answer(new Machine(about), 1), answer(new Machine(about), 2));
    const machine = new Machine(about);
    const { count } = counter(machine);
    machine.idle(200);
    expect(answer(machine, count)).toBeLessThan(best * 1.1);
  });

  test("loses one tick to a program that begins in the middle of it", () => {
    for (const seed of seeds) {
      const machine = new Machine({ cpus: 2, busy: (ms) => (ms > 1_300 ? 1 : 0), seed });
      const { count, changes } = counter(machine);
      machine.idle(200);
      answer(machine, count);
      expect(changes).toEqual([1]);
    }
  });
});

describe("a program that ends gives back its CPUs", () => {
  const about: Simulation = { cpus: 4, parallel: 40, busy: (ms) => (ms < 5_000 ? 2 : 0) };

  test("between two requests", () => {
    const machine = new Machine(about);
    const { count, changes } = counter(machine);
    machine.idle(1_000);
    decodeFor(1, machine, count);
    machine.idle(3_000);
    count.rest();
    machine.idle(1_000);
    decodeFor(0.05, machine, count);
    expect(changes).toEqual([2, 4]);
  });

  test("in the middle of an answer, within a quarter of a second", () => {
    const machine = new Machine(about);
    const { count, changes } = counter(machine);
    machine.idle(2_500);
    decodeFor(1.75, machine, count);
    expect(changes).toEqual([2, 4]);
  });
});

test("long prompts and several streams aren't mistaken for a slow machine", () => {
  const machine = new Machine({ cpus: 4, parallel: 40 });
  const { count, changes } = counter(machine);
  machine.idle(1_000);
  count.begin();
  const tick = (shape: string, promptTokens: number) =>
    count.ticked(shape, machine.tick(count.count, promptTokens));
  for (let i = 0; i < 20; i += 1) tick("1+0", 0);
  // a second and a half of prompts, each tick thirty times as long as the ones before
  for (let i = 0; i < 4; i += 1) tick("1+128", 128);
  for (let i = 0; i < 40; i += 1) tick("4+0", 4);
  expect(changes).toEqual([]);
});

test("ticks that get longer without a sign from the machine lead to a trial, which is taken back if it doesn't help", () => {
  for (const helps of [true, false]) {
    const slower = (ms: number, threads: number) => (ms > 3_000 && (threads > 1 || !helps) ? 4 : 1);
    const machine = new Machine({ cpus: 2, stolen: slower });
    const { count, changes } = counter(machine);
    machine.idle(1_000);
    decodeFor(2.5, machine, count);
    expect(changes[0]).toBe(1);
    expect(count.count).toBe(helps ? 1 : 2);
  }
});

test("a machine of one CPU never gets another number", () => {
  const machine = new Machine({ cpus: 1, busy: (ms) => (ms % 3_000 < 1_500 ? 2 : 0) });
  const { count, changes } = counter(machine);
  machine.idle(1_000);
  decodeFor(30, machine, count);
  expect(changes).toEqual([]);
});
