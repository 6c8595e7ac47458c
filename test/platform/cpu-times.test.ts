import { mkdir, writeFile } from "node:fs/promises";
import { getPriority } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { cpuTimeOf, cpuTimesReader } from "../../src/platform/index.js";
import { emptyFolder } from "../support/folder.js";

/** A machine whose `/proc` has these files. */
async function linux(files: Readonly<Record<string, string>>) {
  const root = await emptyFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, "proc", name, ".."), { recursive: true });
    await writeFile(join(root, "proc", name), text);
  }
  return { root, platform: "linux" } as const;
}

describe("CPU times on Linux", () => {
  const stat = [
    "cpu  300 50 60 1000 20 1 2 3 0 0",
    "cpu0 100 20 30 400 10 1 1 1 0 0",
    "cpu1 200 30 30 600 10 0 1 2 0 0",
    "intr 1",
    "",
  ].join("\n");

  test("are those of all CPUs that the process may use, in ms", async () => {
    const nice = getPriority() <= 0 ? 500 : 0;
    expect(cpuTimesReader(await linux({ stat }))()).toEqual({
      cpus: 2,
      freeMs: 10_200 + nice,
      totalMs: 14_360,
    });
    const status = "Name:\tnode\nCpus_allowed_list:\t1\n";
    expect(cpuTimesReader(await linux({ stat, "self/status": status }))()).toMatchObject({
      cpus: 1,
      totalMs: 8_730,
    });
  });

  test("are unknown where /proc doesn't have them", async () => {
    expect(cpuTimesReader(await linux({}))()).toBeUndefined();
    expect(cpuTimesReader(await linux({ stat: "cpu  1 2 3\n" }))()).toBeUndefined();
  });

  test("of another process are what it used in user and system mode, whatever its name", async () => {
    const machine = await linux({ "7/stat": "7 (a) b) S 1 7 7 0 -1 4194304 1 0 0 0 25 5 9 9 20 0 1 0 100" });
    expect(cpuTimeOf(7, machine)).toBe(300);
    expect(cpuTimeOf(8, machine)).toBe(0);
  });
});

test("CPU times of this machine grow with time", () => {
  const read = cpuTimesReader();
  const [before, start] = [read(), performance.now()];
  while (performance.now() - start < 200);
  const after = read();
  if (!before || !after) throw new Error("This machine has no CPU times.");
  const totalMs = after.totalMs - before.totalMs;
  // each counter may be a step late
  expect(totalMs).toBeGreaterThan(100 * after.cpus);
  expect(after.freeMs - before.freeMs).toBeLessThanOrEqual(totalMs);
});
