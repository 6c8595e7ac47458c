import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";

import { Helper, HelperBusyError, HelperEndedError, type HelperOptions } from "../../src/platform/index.js";
import { transpileRooms } from "../support/transpiled.js";

// processes, on a machine that may be busy
vi.setConfig({ testTimeout: 60_000 });

/** What the process of these tests does. */
interface Job {
  readonly what: "echo" | "pid" | "environment" | "throw" | "hang" | "fill";
  readonly text?: string;
}

const PROGRAM = `
import { answerJobs } from "./platform/index.js";
const jobs = {
  echo: ({ text }) => text,
  pid: () => process.pid,
  environment: () => ({ ...process.env }),
  throw() { throw new Error("no"); },
  hang() { for (;;); },
  fill() { const kept = []; for (;;) kept.push(new Array(1e5).fill(kept.length)); },
};
answerJobs(import.meta.url, async () => (job) => jobs[job.what](job));
`;

let folder: string;
let helper: Helper<Job, unknown> | undefined;

beforeAll(() => {
  folder = transpileRooms("platform");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "program.js"), PROGRAM);
});
afterEach(() => helper?.close());
afterAll(() => rmSync(folder, { recursive: true }));

function start(options: Partial<HelperOptions> = {}) {
  helper = new Helper({
    file: () => join(folder, "program.js"),
    deadlineMs: 60_000,
    idleMs: 60_000,
    ...options,
  });
  return helper;
}

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("jobs are done one after the other, by one process", async () => {
  const { ask } = bound(start());
  const text = "long ".repeat(1_000_000);
  const answers = await Promise.all([
    ask({ what: "pid" }),
    ask({ what: "echo", text }),
    ask({ what: "pid" }),
  ]);
  expect(answers[1]).toBe(text);
  expect(answers[0]).toBe(answers[2]);
  expect(answers[0]).not.toBe(process.pid);
});

test("the process knows nothing of this one's environment", async () => {
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  vi.stubEnv("NODE_OPTIONS", "--no-warnings");
  const environment = await start().ask({ what: "environment" });
  vi.unstubAllEnvs();
  expect(Object.keys(environment as object).filter((name) => /^(?:AWS|NODE_OPTIONS)/u.test(name))).toEqual(
    [],
  );
});

test.each([
  ["throws", { what: "throw" }, {}, "failed"],
  ["never ends", { what: "hang" }, { deadlineMs: 3_000 }, "late"],
  ["fills the memory", { what: "fill" }, { execArgv: ["--max-old-space-size=64"] }, "failed"],
] as const)(
  "a job that %s fails, and those behind it are done by another process",
  async (_, job, options, why) => {
    const { ask } = bound(start(options));
    const before = await ask({ what: "pid" });
    const bad = ask(job).catch((error: unknown) => error);
    const behind = [ask({ what: "echo", text: "one" }), ask({ what: "pid" })];
    const error = await bad;
    expect(error).toBeInstanceOf(HelperEndedError);
    expect(error).toMatchObject({ why });
    const [echoed, pid] = await Promise.all(behind);
    expect(echoed).toBe("one");
    expect(pid).not.toBe(before);
    expect(alive(Number(before))).toBe(false);
  },
);

test("a process that somebody ends in the middle takes its own job with it, and no other", async () => {
  const running = start();
  const { ask } = bound(running);
  await ask({ what: "pid" });
  const ended = ask({ what: "hang" }).catch((error: unknown) => error);
  const behind = ask({ what: "echo", text: "still here" });
  await new Promise((resolve) => setTimeout(resolve, 100));
  process.kill(running.pid ?? NaN, "SIGKILL");
  expect(await ended).toMatchObject({
    name: "HelperEndedError",
    why: process.platform === "win32" ? "failed" : "killed",
  });
  expect(await behind).toBe("still here");
});

test("a program that can't be started fails the job", async () => {
  const { ask } = bound(start({ file: () => join(folder, "none.js") }));
  await expect(ask({ what: "pid" })).rejects.toThrow(HelperEndedError);
});

test("who waits too long, or leaves, makes room", async () => {
  const { ask, helper: running } = bound(start());
  const leaving = new AbortController();
  const first = ask({ what: "hang" }, { signal: leaving.signal }).catch((error: unknown) => error);
  await expect(ask({ what: "pid" }, { turnBy: Date.now() + 100 })).rejects.toThrow(HelperBusyError);
  const gone = new AbortController();
  const second = ask({ what: "pid" }, { signal: gone.signal }).catch((error: unknown) => error);
  gone.abort(new Error("gone"));
  expect(await second).toMatchObject({ message: "gone" });
  const { pid } = running;
  const third = ask({ what: "pid" });
  leaving.abort(new Error("left"));
  expect(await first).toMatchObject({ message: "left" });
  expect(await third).not.toBe(pid);
});

test("it starts with its first job, and ends when it isn't needed", async () => {
  const running = start({ idleMs: 500 });
  expect(running.pid).toBeUndefined();
  const pid = Number(await running.ask({ what: "pid" }));
  expect(running.pid).toBe(pid);
  await vi.waitFor(() => expect(alive(pid)).toBe(false), 10_000);
  expect(running.pid).toBeUndefined();
  expect(await running.ask({ what: "pid" })).not.toBe(pid);
});

test("closing ends the process, the job, and those that wait", async () => {
  const running = start();
  const { ask } = bound(running);
  const pid = Number(await ask({ what: "pid" }));
  const jobs = [ask({ what: "hang" }), ask({ what: "pid" })].map((job) =>
    job.catch((error: unknown) => error),
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  await running.close();
  expect(alive(pid)).toBe(false);
  for (const error of await Promise.all(jobs)) expect(error).toBeInstanceOf(HelperEndedError);
  await expect(running.ask({ what: "pid" })).rejects.toThrow(HelperEndedError);
  expect(running.pid).toBeUndefined();
});

function bound(running: Helper<Job, unknown>) {
  return { helper: running, ask: running.ask.bind(running) };
}
