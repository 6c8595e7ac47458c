import { readFileSync } from "node:fs";
import { posix } from "node:path";

/** What the control groups of this process leave it. Undefined where they set no limit. */
export interface CgroupLimits {
  /** Processor time per time, in CPUs; 1.5 is one and a half. */
  readonly quota: number | undefined;
  readonly cpus: ReadonlySet<number> | undefined;
}

/** A group and the groups around it, each of which may limit what's inside; the innermost first. */
interface Hierarchy {
  readonly mount: string;
  /** As `/proc/self/cgroup` names it; in a container it may be the host's path, which isn't there. */
  readonly group: string;
}

/**
 * Reads the limits of both versions of control groups (Linux's cgroup-v2.rst; sched-bwc.rst and cpusets.rst for version 1).
 *
 * @param root - the folder that `proc/` and `sys/` are in
 */
export function cgroupLimits(root: string): CgroupLimits {
  const quotas: number[] = [];
  let cpus: ReadonlySet<number> | undefined;
  for (const line of read(root, "proc/self/cgroup")?.split("\n") ?? []) {
    // `0::/group` is version 2, `4:cpu,cpuacct:/group` version 1
    const [, controllers, group] = /^\d+:([^:]*):(.*)$/u.exec(line) ?? [];
    if (controllers === undefined || group === undefined) continue;
    const names = controllers === "" ? [""] : [controllers, ...controllers.split(",")];
    for (const folder of names.flatMap((name) => folders({ mount: `sys/fs/cgroup/${name}`, group }))) {
      quotas.push(...[quota2(root, folder), quota1(root, folder)].filter((quota) => quota !== undefined));
      cpus ??= cpuset(root, folder);
    }
  }
  return { quota: quotas.length > 0 ? Math.min(...quotas) : undefined, cpus };
}

function folders({ mount, group }: Hierarchy): string[] {
  const all: string[] = [];
  for (let path = posix.resolve("/", group); ; path = posix.dirname(path)) {
    all.push(posix.join(mount, path));
    if (path === "/") return all;
  }
}

/** Version 2: `max 100000`, or the quota and the period it's for. */
function quota2(root: string, folder: string): number | undefined {
  const [quota, period] = read(root, `${folder}/cpu.max`)?.trim().split(/\s+/u).map(Number) ?? [];
  return share(quota, period);
}

/** Version 1: -1 is no limit. */
function quota1(root: string, folder: string): number | undefined {
  const [quota, period] = ["quota", "period"].map((name) =>
    Number(read(root, `${folder}/cpu.cfs_${name}_us`) ?? NaN),
  );
  return share(quota, period);
}

function share(quota = NaN, period = NaN): number | undefined {
  return quota > 0 && period > 0 ? quota / period : undefined;
}

function cpuset(root: string, folder: string): ReadonlySet<number> | undefined {
  // the second name is version 1's
  for (const name of ["cpuset.cpus.effective", "cpuset.effective_cpus"]) {
    const cpus = parseCpuList(read(root, `${folder}/${name}`) ?? "");
    if (cpus) return cpus;
  }
  return undefined;
}

/** The text of a file, or undefined where it isn't to be had: another system, or a group outside this container. */
export function read(root: string, path: string): string | undefined {
  try {
    return readFileSync(posix.join(root, path), "utf8");
  } catch {
    return undefined;
  }
}

/** The CPUs of a list as the Linux kernel writes it: `0-3,8`. Undefined for one that's empty or written otherwise. */
export function parseCpuList(list: string): Set<number> | undefined {
  const cpus = new Set<number>();
  for (const part of list.trim().split(",")) {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/u.exec(part) ?? [];
    if (first === undefined) return undefined;
    for (let cpu = Number(first); cpu <= Number(last); cpu++) cpus.add(cpu);
  }
  return cpus;
}
