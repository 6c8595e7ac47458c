import { execFileSync } from "node:child_process";
import { availableParallelism, totalmem } from "node:os";

import { cpuQuota, cpuSet, memoryLimit, parseCpuList, read } from "./cgroup.js";

/** The machine to ask about: this one, unless a test says otherwise. */
export interface Machine {
  /** The folder that contains Linux's `proc/` and `sys/`. @default "/" */
  readonly root?: string;
  /** The operating system's count of hardware threads, hyperthreads included. @default availableParallelism() */
  readonly parallelism?: number;
  /** The machine's memory, in bytes. @default totalmem() */
  readonly totalBytes?: number;
  /** @default process.platform */
  readonly platform?: NodeJS.Platform;
  /** @default process.arch */
  readonly arch?: NodeJS.Architecture;
  /** Reads a number of macOS' kernel; undefined if it has none of that name. */
  readonly sysctl?: (name: string) => number | undefined;
}

/** Up to here, x64 processors are as likely to have a core for each hardware thread as not, and half could be a single core. */
const FEW_THREADS = 4;

/** The memory that this process may use, in bytes: the machine's, or less under a control group's limit (containers). */
export function machineMemory({ root = "/", totalBytes = totalmem() }: Machine = {}): number {
  return Math.min(totalBytes, memoryLimit(root) ?? Infinity);
}

/**
 * How many threads this process can compute with at once, at least 1: the physical cores that it may run on, or fewer if its
 * control group allows less CPU time. A fraction of a CPU is rounded down: llama.cpp's threads wait for each other, so one
 * thread that is throttled slows down all of them.
 *
 * On macOS these are the performance cores: llama.cpp's threads would wait for one on a slower core.
 *
 * Windows tells the physical cores only to native code, or in a second to PowerShell. On x64 half of the hardware threads are taken for
 * cores, unless there are {@link FEW_THREADS} or fewer. That is right for processors with hyperthreads; of those with slow cores beside the
 * fast ones it leaves out slow ones, and of those without either it leaves cores idle: `--threads` says otherwise. No ARM processor that
 * Windows runs on has hyperthreads.
 */
export function usableCores({
  root = "/",
  parallelism = availableParallelism(),
  platform = process.platform,
  arch = process.arch,
  sysctl = readSysctl,
}: Machine = {}): number {
  if (platform === "darwin") {
    // an Intel Mac has no levels
    const cores = sysctl("hw.perflevel0.physicalcpu") ?? sysctl("hw.physicalcpu") ?? parallelism;
    return Math.max(1, Math.min(parallelism, cores));
  }
  if (platform === "win32")
    return arch === "x64" && parallelism > FEW_THREADS
      ? Math.floor(parallelism / 2)
      : Math.max(1, parallelism);
  const cores = physicalCores(read(root, "proc/cpuinfo") ?? "", allowedCpus(root));
  const quota = Math.floor(cpuQuota(root) ?? Infinity);
  return Math.max(1, Math.min(parallelism, cores || Infinity, quota));
}

/** Whether this process may run on the CPU with a number, by its affinity and its control group (Linux). */
export function allowedCpus(root: string): (cpu: number) => boolean {
  const affinity = /^Cpus_allowed_list:(.*)$/mu.exec(read(root, "proc/self/status") ?? "")?.[1];
  const [allowed, cpus] = [parseCpuList(affinity ?? ""), cpuSet(root)];
  return (cpu) => (allowed?.has(cpu) ?? true) && (cpus?.has(cpu) ?? true);
}

/**
 * Counts the physical cores of the allowed CPUs. Two hyperthreads of a core share its vector units, which llama.cpp keeps
 * busy: a thread on each is no faster, and they wait for each other at every layer.
 *
 * @param cpuinfo - the text of Linux's `/proc/cpuinfo`. On ARM it has no core ids; each CPU then counts as a core.
 * @param isAllowed - whether this process may run on the CPU with this number
 */
function physicalCores(cpuinfo: string, isAllowed: (cpu: number) => boolean): number {
  const cores = new Set<string>();
  for (const block of cpuinfo.split(/\n\s*\n/u)) {
    const fields = new Map(
      block.split("\n").map((line) => {
        const [name = "", ...value] = line.split(":");
        return [name.trim(), value.join(":").trim()];
      }),
    );
    const cpu = fields.get("processor");
    // ARM's last block describes the board and has no number; old kernels wrote a name there
    if (cpu === undefined || !/^\d+$/u.test(cpu) || !isAllowed(Number(cpu))) continue;
    const core = fields.get("core id");
    cores.add(core === undefined ? `cpu ${cpu}` : `${fields.get("physical id") ?? "0"} ${core}`);
  }
  return cores.size;
}

/** How long to wait for `sysctl`, which answers within milliseconds. */
const SYSCTL_TIMEOUT_MS = 1000;

function readSysctl(name: string): number | undefined {
  try {
    const text = execFileSync("/usr/sbin/sysctl", ["-n", name], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: SYSCTL_TIMEOUT_MS,
    });
    return /^\d+$/u.test(text.trim()) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}
