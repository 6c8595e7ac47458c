/** How much of the machine other programs take while a benchmark runs. */
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";

/** More than this share of the machine, and a comparison isn't worth much: on two cores, a tenth of one is gone. */
export const QUIET = 0.05;

/** Linux' unit of processor time: 1/100 s (`sysconf(_SC_CLK_TCK)`). */
const TICK_MS = 10;

/** Processor time that wasn't idle, of all programs since the machine's start, in ms; and that of all processors together. */
function machine() {
  const times = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({
    busy: user + nice + sys + irq,
    idle,
  }));
  const sum = (name) => times.reduce((total, one) => total + one[name], 0);
  return { busy: sum("busy"), all: sum("busy") + sum("idle") };
}

/** Processor time in ms of this process and of all that it started, those that have ended included; undefined but on Linux. */
function own() {
  let pids;
  try {
    pids = readdirSync("/proc").filter((name) => /^\d+$/u.test(name));
  } catch {
    return undefined;
  }
  const all = new Map();
  for (const pid of pids) {
    try {
      // the name before it may have spaces
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /su, "")
        .split(" ");
      const [, parent] = fields;
      // utime, stime, and those of children that have ended
      const time = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS;
      all.set(Number(pid), { parent: Number(parent), time });
    } catch {
      // it has ended
    }
  }
  const isOwn = (pid) => pid === process.pid || (all.has(pid) && isOwn(all.get(pid).parent));
  return [...all].reduce((sum, [pid, { time }]) => (isOwn(pid) ? sum + time : sum), 0);
}

/**
 * Runs something and tells the share of the machine's processor time that other programs took meanwhile, 0 … 1; undefined where the
 * system doesn't tell.
 */
export async function withForeignLoad(run) {
  const before = { ...machine(), own: own() };
  await run();
  const after = { ...machine(), own: own() };
  if (after.own === undefined) return undefined;
  const others = after.busy - before.busy - (after.own - before.own);
  return Math.max(0, others / (after.all - before.all));
}
