import { readFileSync } from "node:fs";
import { posix } from "node:path";

/*
 * The limits that Linux's control groups set for this process, in versions 1 and 2 (cgroup-v2.rst; sched-bwc.rst, cpusets.rst
 * and memory.rst for version 1). A limit applies to all groups below it, so the tightest one on the way up counts.
 *
 * `root` is the folder that contains `proc/` and `sys/`.
 */

/** The CPU time that this process may use per unit of time, in CPUs: 1.5 is one and a half. Undefined without a limit. */
export function cpuQuota(root: string): number | undefined {
  const quotas = groupFolders(root, "cpu").flatMap(
    (folder) => quota2(root, folder) ?? quota1(root, folder) ?? [],
  );
  return quotas.length > 0 ? Math.min(...quotas) : undefined;
}

/** The CPUs that this process may run on. Undefined without a limit. */
export function cpuSet(root: string): ReadonlySet<number> | undefined {
  for (const folder of groupFolders(root, "cpuset")) {
    // the second name is version 1's
    for (const name of ["cpuset.cpus.effective", "cpuset.effective_cpus"]) {
      const cpus = parseCpuList(read(root, `${folder}/${name}`) ?? "");
      if (cpus) return cpus;
    }
  }
  return undefined;
}

/** The memory that this process may use, in bytes. Undefined without a limit. */
export function memoryLimit(root: string): number | undefined {
  const limits = groupFolders(root, "memory")
    .flatMap((folder) =>
      ["memory.max", "memory.limit_in_bytes"].map((name) => read(root, `${folder}/${name}`)),
    )
    .map((text) => Number.parseInt(text ?? "", 10)) // `max` means no limit
    .filter((bytes) => bytes > 0);
  return limits.length > 0 ? Math.min(...limits) : undefined;
}

/**
 * The folders that may hold a controller's limits for this process: its own group first, then each group around it. In a
 * container, the group's path may be the host's and not exist; the root is then the container's own group.
 */
function groupFolders(root: string, controller: string): string[] {
  return (read(root, "proc/self/cgroup")?.split("\n") ?? []).flatMap((line) => {
    // `0::/group` is version 2, `4:cpu,cpuacct:/group` version 1, which mounts each set of controllers by itself
    const [, controllers, group] = /^\d+:([^:]*):(.*)$/u.exec(line) ?? [];
    if (controllers === undefined || group === undefined) return [];
    if (controllers === "") return upwards("sys/fs/cgroup", group);
    if (!controllers.split(",").includes(controller)) return [];
    return [...new Set([controllers, controller])].flatMap((name) => upwards(`sys/fs/cgroup/${name}`, group));
  });
}

function upwards(mount: string, group: string): string[] {
  const all: string[] = [];
  for (let path = posix.resolve("/", group); ; path = posix.dirname(path)) {
    all.push(posix.join(mount, path));
    if (path === "/") return all;
  }
}

/** Version 2: the quota, or `max`, and its period. */
function quota2(root: string, folder: string): number | undefined {
  const [quota, period] = read(root, `${folder}/cpu.max`)?.trim().split(/\s+/u).map(Number) ?? [];
  return share(quota, period);
}

/** Version 1: a quota of -1 means no limit. */
function quota1(root: string, folder: string): number | undefined {
  const [quota, period] = ["quota", "period"].map((name) =>
    Number(read(root, `${folder}/cpu.cfs_${name}_us`) ?? NaN),
  );
  return share(quota, period);
}

function share(quota = NaN, period = NaN): number | undefined {
  return quota > 0 && period > 0 ? quota / period : undefined;
}

/** The text of a file; undefined if it cannot be read: on another system, or for a group outside this container. */
export function read(root: string, path: string): string | undefined {
  try {
    return readFileSync(posix.join(root, path), "utf8");
  } catch {
    return undefined;
  }
}

/** The CPUs in a list such as `0-3,8`, the Linux kernel's format. Undefined if the list is empty or malformed. */
export function parseCpuList(list: string): Set<number> | undefined {
  const cpus = new Set<number>();
  for (const part of list.trim().split(",")) {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/u.exec(part) ?? [];
    if (first === undefined) return undefined;
    for (let cpu = Number(first); cpu <= Number(last); cpu++) cpus.add(cpu);
  }
  return cpus;
}
