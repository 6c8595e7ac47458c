/** Busy programs, and how much others than this benchmark compute. */
import { spawn } from "node:child_process";
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

import { modules } from "../home.mjs";

const { cpuTimeOf } = await import(`${modules}/platform/index.js`);

/** Programs that compute all the time, each on one core at most. Waits until they do. */
export async function startBusy(count) {
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
  );
  await sleep(300);
  return {
    pids: children.map(({ pid }) => pid),
    stop: () => children.forEach((child) => child.kill("SIGKILL")),
  };
}

/**
 * Runs a measurement and looks how much others computed meanwhile.
 *
 * @param pids - the benchmark's own processes, this one aside
 * @returns the result, and the CPUs that were busy with something else. On other systems than Linux, where the CPU time of a process can't be
 *   read, undefined.
 */
export async function withForeignLoad(pids, measure) {
  const look = () => {
    const times = cpus().map((cpu) => cpu.times);
    const busyMs = times.reduce((sum, time) => sum + time.user + time.nice + time.sys + time.irq, 0);
    const { user, system } = process.cpuUsage();
    const own = pids.reduce((sum, pid) => sum + cpuTimeOf(pid), (user + system) / 1000);
    return { at: performance.now(), busyMs, own };
  };
  const before = look();
  const result = await measure();
  const after = look();
  const ms = after.at - before.at;
  const foreign = (after.busyMs - before.busyMs - (after.own - before.own)) / ms;
  return { result, foreign: process.platform === "linux" ? foreign : undefined };
}

/** The CPUs that are busy at the moment, without anything of this benchmark. */
export async function busyNow() {
  const { foreign } = await withForeignLoad([], () => sleep(400));
  return foreign;
}
