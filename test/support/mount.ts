import { spawnSync } from "node:child_process";

import { onTestFinished, type TestContext } from "vitest";

import { emptyFolder } from "./folder.js";

/**
 * A file system of the test's own in memory. Skips the test where there can't be one: only root mounts, on Linux, and not in every container.
 *
 * @param options - of `mount`, such as `ro` or `nr_inodes=2`
 * @returns the folder that it's mounted on
 */
export async function mountedFolder(context: TestContext, options: string): Promise<string> {
  const folder = await emptyFolder();
  const { status, stderr, error } = spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], {
    encoding: "utf8",
  });
  if (status !== 0) context.skip(`no file system can be mounted here: ${error?.message ?? stderr.trim()}`);
  onTestFinished(() => void spawnSync("umount", ["--lazy", folder]));
  return folder;
}
