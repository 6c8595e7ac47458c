import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { expect, test } from "vitest";

import { machineMemory } from "../../src/models/index.js";
import { emptyFolder } from "../support/folder.js";

/** A system that says this of its control groups. */
async function system(own: string, files: Readonly<Record<string, string>>) {
  const folder = await emptyFolder();
  const cgroups = join(folder, "cgroup");
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(cgroups, name)), { recursive: true });
    await writeFile(join(cgroups, name), content);
  }
  const ownCgroup = join(folder, "own");
  await writeFile(ownCgroup, own);
  return { total: 1000, cgroups, ownCgroup };
}

test.for([
  ["no limit", "0::/a/b\n", { "a/b/memory.max": "max\n", "a/memory.max": "max\n" }, 1000],
  ["version 2, its own", "0::/a/b\n", { "a/b/memory.max": "300\n", "a/memory.max": "max\n" }, 300],
  ["version 2, one above", "0::/a/b\n", { "a/b/memory.max": "900\n", "a/memory.max": "200\n" }, 200],
  ["a container, whose path isn't mounted", "0::/../../docker/x\n", { "memory.max": "400\n" }, 400],
  ["version 1", "5:cpu:/\n4:memory:/a\n", { "memory/a/memory.limit_in_bytes": "500\n" }, 500],
  [
    "version 1 without a limit",
    "4:memory:/\n",
    { "memory/memory.limit_in_bytes": "9223372036854771712\n" },
    1000,
  ],
  ["other controllers", "5:cpu:/a\n", { "memory/a/memory.limit_in_bytes": "1\n" }, 1000],
  ["nothing to be read", "", {}, 1000],
] as const)("%s", async ([, own, files, expected]) => {
  expect(await machineMemory(await system(own, files))).toBe(expected);
});

test("of this machine it's a number", async () => {
  expect(await machineMemory()).toBeGreaterThan(1024 * 1024);
});
