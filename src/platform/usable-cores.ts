import { availableParallelism } from "node:os";

import { cgroupLimits, parseCpuList, read } from "./cgroup.js";

export interface Machine {
  /** The folder that Linux's `proc/` and `sys/` are in. @default "/" */
  readonly root?: string;
  /** What the operating system says runs in parallel, hyperthreads and all. @default Node's own answer */
  readonly parallelism?: number;
}

/**
 * How many threads this process can compute with at once, at least 1: the physical cores that it may run on, or the processor
 * time that its control group allows, if that's less. A part of a CPU counts for nothing: llama.cpp's threads wait for each
 * other, so one that is held back holds back all.
 *
 * Node's `availableParallelism()` counts hyperthreads and, before libuv 1.49, knows no quotas. It's the answer where there is no
 * `/proc`: on macOS and Windows.
 */
export function usableCores({ root = "/", parallelism = availableParallelism() }: Machine = {}): number {
  const { quota = Infinity, cpus } = cgroupLimits(root);
  const affinity = /^Cpus_allowed_list:(.*)$/mu.exec(read(root, "proc/self/status") ?? "")?.[1];
  const allowed = parseCpuList(affinity ?? "");
  const cores = physicalCores(
    read(root, "proc/cpuinfo") ?? "",
    (cpu) => (allowed?.has(cpu) ?? true) && (cpus?.has(cpu) ?? true),
  );
  return Math.max(1, Math.min(parallelism, cores || Infinity, Math.floor(quota)));
}

/**
 * The physical cores behind those logical CPUs that `isAllowed` names.
 *
 * Two hyperthreads of a core share its vector units, which llama.cpp keeps busy: a thread on each is no faster, and they wait
 * for each other at every layer.
 *
 * @param cpuinfo - the text of Linux's `/proc/cpuinfo`. On ARM it names no cores; each CPU counts as one then.
 */
export function physicalCores(cpuinfo: string, isAllowed: (cpu: number) => boolean): number {
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
