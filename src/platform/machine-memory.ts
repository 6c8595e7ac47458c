import { readFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";

/** Where Linux tells of control groups. */
const CGROUPS = "/sys/fs/cgroup";
const OWN_CGROUP = "/proc/self/cgroup";

/** Where to look; tests look elsewhere. */
export interface MachineMemoryOptions {
  /** In bytes. @default os.totalmem() */
  readonly total?: number;
  /** @default the system's */
  readonly cgroups?: string;
  /** @default the system's */
  readonly ownCgroup?: string;
}

/**
 * Memory that this process may use, in bytes: the machine's, or less where a control group limits it, as for a container.
 * A limit counts for all groups below: the smallest on the way up holds.
 */
export async function machineMemory(options: MachineMemoryOptions = {}): Promise<number> {
  const { total = totalmem(), cgroups = CGROUPS, ownCgroup = OWN_CGROUP } = options;
  const lines = (await read(ownCgroup)).split("\n");
  const limits = await Promise.all(lines.flatMap((line) => limitFiles(line, cgroups)).map(limitIn));
  return Math.min(total, ...limits);
}

/**
 * The files that may hold a limit for one line of `/proc/self/cgroup`: `0::/a/b` of version 2, or `4:memory:/a/b` of version
 * 1, whose controllers have folders of their own. In a container the path may be one that isn't mounted: its root is what it
 * sees then.
 */
function limitFiles(line: string, cgroups: string): string[] {
  const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/u.exec(line) ?? [];
  if (controllers === undefined || path === undefined) return [];
  const names = path.split("/").filter((name) => name !== "" && name !== "..");
  const upwards = names.map((_, depth) => names.slice(0, names.length - depth)).concat([[]]);
  if (controllers === "") return upwards.map((above) => join(cgroups, ...above, "memory.max"));
  if (!controllers.split(",").includes("memory")) return [];
  return upwards.map((above) => join(cgroups, "memory", ...above, "memory.limit_in_bytes"));
}

/** `max` stands for none. */
async function limitIn(file: string): Promise<number> {
  const bytes = Number.parseInt(await read(file), 10);
  return bytes > 0 ? bytes : Infinity;
}

async function read(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}
