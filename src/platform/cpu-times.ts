import { cpus, getPriority } from "node:os";

import { read } from "./cgroup.js";
import { allowedCpus, type Machine } from "./machine.js";

/** What the CPUs did that this process may run on, all together, in ms since the machine started. */
export interface CpuTimes {
  /** How many they are, hyperthreads included. */
  readonly cpus: number;
  /** They were idle, or worked for a process that gives way to this one (`nice`). In steps of 10 ms on Linux. */
  readonly freeMs: number;
  /** All their time. It stands still where a sandbox hides the machine's. */
  readonly totalMs: number;
}

/** Linux counts time in hundredths of a second for programs, whatever the kernel's own clock (`USER_HZ`; proc(5)). */
const TICK_MS = 10;

/**
 * Prepares to ask what the CPUs did so far.
 *
 * @returns a function that tells it, within a tenth of a millisecond on a small machine; undefined where the system doesn't say
 */
export function cpuTimesReader({ root = "/", platform = process.platform }: Machine = {}): () =>
  CpuTimes | undefined {
  const isAllowed = platform === "linux" ? allowedCpus(root) : undefined;
  // what runs at low priority takes next to nothing from this process, unless that runs at low priority itself
  const yielding = priority() <= 0;
  return () => {
    const all = isAllowed ? procStat(root, isAllowed) : cpus().map(({ times }) => times);
    if (all.length === 0) return undefined;
    return {
      cpus: all.length,
      freeMs: sum(all.map(({ idle, nice }) => idle + (yielding ? nice : 0))),
      totalMs: sum(all.map(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq)),
    };
  };
}

/** This process's priority; that of most where a sandbox doesn't tell, which must not end the engine. */
function priority(): number {
  try {
    return getPriority();
  } catch {
    return 0;
  }
}

/**
 * Node's `cpus()` reads five files a CPU on Linux, includes CPUs that this process may not use, and leaves out the time for which a CPU waited for
 * a disk or, in a virtual machine, for a real one.
 */
function procStat(
  root: string,
  isAllowed: (cpu: number) => boolean,
): ReturnType<typeof cpus>[number]["times"][] {
  return (read(root, "proc/stat") ?? "").split("\n").flatMap((line) => {
    const [, cpu, numbers = ""] = /^cpu(\d+) (.*)$/u.exec(line) ?? [];
    if (cpu === undefined || !isAllowed(Number(cpu))) return [];
    const [user = 0, nice = 0, sys = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = numbers
      .split(" ")
      .map((ticks) => Number(ticks) * TICK_MS);
    return [{ user, nice, sys, idle: idle + iowait, irq: irq + softirq + steal }];
  });
}

/** The CPU time that another process used so far, in ms. 0 where that can't be read: on all systems but Linux, or if it's gone. */
export function cpuTimeOf(pid: number, { root = "/" }: Machine = {}): number {
  // the program's name, in parentheses, may contain blanks; user and system time are the 12th and 13th fields after it
  const fields = read(root, `proc/${pid}/stat`)?.split(") ").at(-1)?.split(" ");
  return (Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0)) * TICK_MS;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
