import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";

import { describe, expect, test } from "vitest";

import { machineMemory, usableCores } from "../../src/platform/index.js";
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

/** A root folder with these files in `proc/` and `sys/`. */
async function rootWith(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await emptyFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

/** The usable cores of a machine with these files, on which Node counts `parallelism` hardware threads. */
async function cores(files: Readonly<Record<string, string>>, parallelism = 64): Promise<number> {
  return usableCores({ root: await rootWith(files), parallelism, platform: "linux" });
}

describe("physical cores", () => {
  test("count once each, on every socket, whatever their hyperthreads", async () => {
    expect(await cores({ "proc/cpuinfo": cpuinfo() })).toBe(4);
    expect(await cores({ "proc/cpuinfo": cpuinfo({ sockets: 2, cores: 8 }) })).toBe(16);
    expect(await cores({ "proc/cpuinfo": cpuinfo({ threads: 1, cores: 2 }) })).toBe(2);
  });

  test("count only if this process may run on them", async () => {
    const machine = { "proc/cpuinfo": cpuinfo() };
    expect(await cores({ ...machine, "proc/self/status": status("0-7") })).toBe(4);
    expect(await cores({ ...machine, "proc/self/status": status("0-1,4") })).toBe(2);
    // both threads of one core
    expect(await cores({ ...machine, "proc/self/status": status("1,5") })).toBe(1);
  });

  test("are the CPUs on ARM, where /proc/cpuinfo has no core ids", async () => {
    const arm =
      "processor\t: 0\nBogoMIPS\t: 48.0\n\nprocessor\t: 1\nBogoMIPS\t: 48.0\n\nHardware\t: A board\n";
    expect(await cores({ "proc/cpuinfo": arm })).toBe(2);
  });

  test("are Node's hardware threads without a readable /proc, and never more than those", async () => {
    expect(await cores({}, 6)).toBe(6);
    expect(await cores({ "proc/cpuinfo": "nonsense" }, 6)).toBe(6);
    expect(await cores({ "proc/cpuinfo": cpuinfo() }, 3)).toBe(3);
  });
});

describe("cores of a Mac", () => {
  const cores = (values: Readonly<Record<string, number>>, parallelism: number) =>
    usableCores({ platform: "darwin", parallelism, sysctl: (name) => values[name] });

  test("are the performance cores on Apple silicon", () => {
    expect(
      cores({ "hw.perflevel0.physicalcpu": 4, "hw.perflevel1.physicalcpu": 6, "hw.physicalcpu": 10 }, 10),
    ).toBe(4);
  });

  test("are the physical cores on Intel", () => {
    expect(cores({ "hw.physicalcpu": 6 }, 12)).toBe(6);
  });

  test("are at least one, and never more than Node's hardware threads", () => {
    expect(cores({ "hw.physicalcpu": 6 }, 4)).toBe(4);
    expect(cores({ "hw.physicalcpu": 0 }, 4)).toBe(1);
    expect(cores({}, 8)).toBe(8);
  });

  test("are Node's hardware threads where sysctl can't be run", ({ skip }) => {
    skip(process.platform === "darwin", "it can here");
    expect(usableCores({ platform: "darwin", parallelism: 3 })).toBe(3);
  });
});

describe("cores on Windows", () => {
  test.for([
    ["x64", 2, 2],
    ["x64", 4, 4],
    ["x64", 6, 3],
    ["x64", 16, 8],
    ["arm64", 8, 8],
    ["x64", 0, 1],
  ] as const)("%s with %i hardware threads: %i", ([arch, parallelism, count]) => {
    expect(usableCores({ platform: "win32", arch, parallelism })).toBe(count);
  });
});

describe("usable cores under control groups, version 2", () => {
  const machine = { "proc/cpuinfo": cpuinfo({ cores: 16 }), "proc/self/cgroup": "0::/a.slice/b.scope\n" };
  const group = "sys/fs/cgroup/a.slice/b.scope";

  test("follow a quota, rounded down, but are at least one", async () => {
    expect(await cores({ ...machine, [`${group}/cpu.max`]: "400000 100000\n" })).toBe(4);
    expect(await cores({ ...machine, [`${group}/cpu.max`]: "250000 100000\n" })).toBe(2);
    expect(await cores({ ...machine, [`${group}/cpu.max`]: "50000 100000\n" })).toBe(1);
    expect(await cores({ ...machine, [`${group}/cpu.max`]: "max 100000\n" })).toBe(16);
  });

  test("follow the tightest quota of the group and those around it", async () => {
    expect(
      await cores({
        ...machine,
        [`${group}/cpu.max`]: "max 100000\n",
        "sys/fs/cgroup/a.slice/cpu.max": "300000 100000\n",
        "sys/fs/cgroup/cpu.max": "800000 100000\n",
      }),
    ).toBe(3);
  });

  test("follow the quota at the root in a container", async () => {
    const container = { ...machine, "proc/self/cgroup": "0::/\n" };
    expect(await cores({ ...container, "sys/fs/cgroup/cpu.max": "200000 100000\n" })).toBe(2);
    // the path may be one outside of the container
    const outside = { ...machine, "proc/self/cgroup": "0::/../../init.scope\n" };
    expect(await cores({ ...outside, "sys/fs/cgroup/cpu.max": "200000 100000\n" })).toBe(2);
  });

  test("follow a set of CPUs", async () => {
    expect(await cores({ ...machine, [`${group}/cpuset.cpus.effective`]: "0-2,16-18\n" })).toBe(3);
    expect(await cores({ ...machine, [`${group}/cpuset.cpus.effective`]: "\n" })).toBe(16);
  });
});

describe("usable cores under control groups, version 1", () => {
  const machine = {
    "proc/cpuinfo": cpuinfo({ cores: 16 }),
    "proc/self/cgroup": "9:name=systemd:/\n4:cpu,cpuacct:/docker/1f\n3:cpuset:/docker/1f\n0::/\n",
  };

  test("follow a quota in the group's folder", async () => {
    const folder = "sys/fs/cgroup/cpu,cpuacct/docker/1f";
    const quota = (us: number) => ({
      ...machine,
      [`${folder}/cpu.cfs_quota_us`]: `${us}\n`,
      [`${folder}/cpu.cfs_period_us`]: "50000\n",
    });
    expect(await cores(quota(100_000))).toBe(2);
    expect(await cores(quota(-1))).toBe(16);
  });

  test("follow a quota at the root of a mount named after one controller, as in a container", async () => {
    expect(
      await cores({
        ...machine,
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "300000\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      }),
    ).toBe(3);
  });

  test("follow a set of CPUs", async () => {
    expect(await cores({ ...machine, "sys/fs/cgroup/cpuset/docker/1f/cpuset.effective_cpus": "4-8\n" })).toBe(
      5,
    );
  });
});

test("this machine has at least one usable core, and no more than its hardware threads", () => {
  const here = usableCores();
  expect(here).toBeGreaterThanOrEqual(1);
  expect(here).toBeLessThanOrEqual(availableParallelism());
});

test.for([
  ["no limit", "0::/a/b\n", { "a/b/memory.max": "max\n", "a/memory.max": "max\n" }, 1000],
  ["version 2: its own limit", "0::/a/b\n", { "a/b/memory.max": "300\n", "a/memory.max": "max\n" }, 300],
  [
    "version 2: a tighter limit above",
    "0::/a/b\n",
    { "a/b/memory.max": "900\n", "a/memory.max": "200\n" },
    200,
  ],
  ["a container whose path is not mounted", "0::/../../docker/x\n", { "memory.max": "400\n" }, 400],
  ["version 1", "5:cpu:/\n4:memory:/a\n", { "memory/a/memory.limit_in_bytes": "500\n" }, 500],
  [
    "version 1 without a limit",
    "4:memory:/\n",
    { "memory/memory.limit_in_bytes": "9223372036854771712\n" },
    1000,
  ],
  ["other controllers only", "5:cpu:/a\n", { "memory/a/memory.limit_in_bytes": "1\n" }, 1000],
  ["no control groups", "", {}, 1000],
] as const)("memory under control groups: %s", async ([, own, limits, expected]) => {
  const groups = Object.entries(limits).map(([name, text]) => [`sys/fs/cgroup/${name}`, text] as const);
  const root = await rootWith({ "proc/self/cgroup": own, ...Object.fromEntries(groups) });
  expect(machineMemory({ root, totalBytes: 1000 })).toBe(expected);
});

test("the memory of this machine is a number of bytes", () => {
  expect(machineMemory()).toBeGreaterThan(1024 * 1024);
});
