import { availableParallelism } from "node:os";

import { cgroupLimits, read } from "./cgroup.js";
import { parseCpuList } from "./cpu-list.js";
import { physicalCores } from "./cpuinfo.js";

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
