import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";

import { describe, expect, test } from "vitest";

import { usableCores } from "../../src/platform/usable-cores.js";
import { emptyFolder } from "../support/folder.js";

/** `/proc/cpuinfo` of a PC: all first threads of the cores, then all second ones, as Linux numbers them. */
function cpuinfo({ sockets = 1, cores = 4, threads = 2 } = {}): string {
  const cpus = Array.from({ length: sockets * cores * threads }, (_, cpu) =>
    [
      `processor\t: ${cpu}`,
      "model name\t: A processor: with a colon",
      `physical id\t: ${Math.floor(cpu / cores) % sockets}`,
      `siblings\t: ${cores * threads}`,
      `core id\t\t: ${cpu % cores}`,
      `cpu cores\t: ${cores}`,
    ].join("\n"),
  );
  return `${cpus.join("\n\n")}\n\n`;
}

const status = (list: string) =>
  `Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t${list}\nMems_allowed:\t1\n`;

/** What a machine with these files has, if Node says that `parallelism` run at once. */
async function cores(files: Readonly<Record<string, string>>, parallelism = 64): Promise<number> {
  const root = await emptyFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return usableCores({ root, parallelism });
}

describe("physical cores", () => {
  test("hyperthreads aren't counted, cores of every socket are", async () => {
    expect(await cores({ "proc/cpuinfo": cpuinfo() })).toBe(4);
    expect(await cores({ "proc/cpuinfo": cpuinfo({ sockets: 2, cores: 8 }) })).toBe(16);
    expect(await cores({ "proc/cpuinfo": cpuinfo({ threads: 1, cores: 2 }) })).toBe(2);
  });

  test("only those that this process may run on", async () => {
    const machine = { "proc/cpuinfo": cpuinfo() };
    expect(await cores({ ...machine, "proc/self/status": status("0-7") })).toBe(4);
    expect(await cores({ ...machine, "proc/self/status": status("0-1,4") })).toBe(2);
    // both threads of one core
    expect(await cores({ ...machine, "proc/self/status": status("1,5") })).toBe(1);
  });

  test("ARM names no cores: each CPU is one", async () => {
    const arm =
      "processor\t: 0\nBogoMIPS\t: 48.0\n\nprocessor\t: 1\nBogoMIPS\t: 48.0\n\nHardware\t: A board\n";
    expect(await cores({ "proc/cpuinfo": arm })).toBe(2);
  });

  test("without /proc, and never more than, what Node says", async () => {
    expect(await cores({}, 6)).toBe(6);
    expect(await cores({ "proc/cpuinfo": "nonsense" }, 6)).toBe(6);
    expect(await cores({ "proc/cpuinfo": cpuinfo() }, 3)).toBe(3);
  });
});

describe("control groups, version 2", () => {
  const machine = { "proc/cpuinfo": cpuinfo({ cores: 16 }), "proc/self/cgroup": "0::/a.slice/b.scope\n" };
  const group = "sys/fs/cgroup/a.slice/b.scope";

  test("a quota, rounded down, but one thread at least", async () => {
    expect(await cores({ ...machine, [`${group}/cpu.max`]: "400000 100000\n" })).toBe(4);
    expect(await cores({ ...machine, [`${group}/cpu.max`]: "250000 100000\n" })).toBe(2);
    expect(await cores({ ...machine, [`${group}/cpu.max`]: "50000 100000\n" })).toBe(1);
    expect(await cores({ ...machine, [`${group}/cpu.max`]: "max 100000\n" })).toBe(16);
  });

  test("the tightest of the groups around it", async () => {
    expect(
      await cores({
        ...machine,
        [`${group}/cpu.max`]: "max 100000\n",
        "sys/fs/cgroup/a.slice/cpu.max": "300000 100000\n",
        "sys/fs/cgroup/cpu.max": "800000 100000\n",
      }),
    ).toBe(3);
  });

  test("in a container, where its own group is the root", async () => {
    const container = { ...machine, "proc/self/cgroup": "0::/\n" };
    expect(await cores({ ...container, "sys/fs/cgroup/cpu.max": "200000 100000\n" })).toBe(2);
    // or named by a path outside
    const outside = { ...machine, "proc/self/cgroup": "0::/../../init.scope\n" };
    expect(await cores({ ...outside, "sys/fs/cgroup/cpu.max": "200000 100000\n" })).toBe(2);
  });

  test("a set of CPUs", async () => {
    expect(await cores({ ...machine, [`${group}/cpuset.cpus.effective`]: "0-2,16-18\n" })).toBe(3);
    expect(await cores({ ...machine, [`${group}/cpuset.cpus.effective`]: "\n" })).toBe(16);
  });
});

describe("control groups, version 1", () => {
  const machine = {
    "proc/cpuinfo": cpuinfo({ cores: 16 }),
    "proc/self/cgroup": "9:name=systemd:/\n4:cpu,cpuacct:/docker/1f\n3:cpuset:/docker/1f\n0::/\n",
  };

  test("a quota, in the group's folder", async () => {
    const folder = "sys/fs/cgroup/cpu,cpuacct/docker/1f";
    const quota = (us: number) => ({
      ...machine,
      [`${folder}/cpu.cfs_quota_us`]: `${us}\n`,
      [`${folder}/cpu.cfs_period_us`]: "50000\n",
    });
    expect(await cores(quota(100_000))).toBe(2);
    expect(await cores(quota(-1))).toBe(16);
  });

  test("a quota where the container's group is the mount's root, by the controller's own name", async () => {
    expect(
      await cores({
        ...machine,
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "300000\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      }),
    ).toBe(3);
  });

  test("a set of CPUs", async () => {
    expect(await cores({ ...machine, "sys/fs/cgroup/cpuset/docker/1f/cpuset.effective_cpus": "4-8\n" })).toBe(
      5,
    );
  });
});

test("this machine has at least one core, and no more than it runs threads", () => {
  const here = usableCores();
  expect(here).toBeGreaterThanOrEqual(1);
  expect(here).toBeLessThanOrEqual(availableParallelism());
});
