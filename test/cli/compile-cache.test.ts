import { mkdir, readdir, writeFile } from "node:fs/promises";
import * as nodeModule from "node:module";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { emptyFolder } from "../support/folder.js";
import { runCli } from "../support/run-cli.js";

/** Whether this Node can keep compiled code. */
const CAN = "enableCompileCache" in nodeModule;

async function version(home: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const result = await runCli(["--version"], { env: { CRIA_HOME: home, ...env } });
  expect(result).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^\d+\./u) as string });
}

describe("compiled code", () => {
  it("is kept in Cria's folder, where Node can", async () => {
    const home = await emptyFolder();
    await version(home);
    expect(await readdir(home)).toEqual(CAN ? ["compile-cache"] : []);
    if (CAN) expect(await readdir(join(home, "compile-cache"), { recursive: true })).not.toHaveLength(0);
    await version(home);
  });

  it("makes no folder for Cria", async () => {
    const folder = await emptyFolder();
    await version(join(folder, "home"));
    expect(await readdir(folder)).toEqual([]);
  });

  it("isn't missed where it can't be kept", async () => {
    const folder = await emptyFolder();
    const file = join(folder, "file");
    await writeFile(file, "");
    await version(file);
    await mkdir(join(folder, "home"));
    await writeFile(join(folder, "home/compile-cache"), "");
    await version(join(folder, "home"));
    expect(await readdir(join(folder, "home"))).toEqual(["compile-cache"]);
  });

  it("can be turned off with Node's own variable", async () => {
    const home = await emptyFolder();
    await version(home, { NODE_DISABLE_COMPILE_CACHE: "1" });
    expect(await readdir(home)).toEqual([]);
  });
});
