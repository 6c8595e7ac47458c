import { execFileSync } from "node:child_process";
import { link, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { TestContext } from "vitest";

import { emptyFolder } from "./folder.js";

/** What may be at a path where Cria writes a file of its own. */
export const oddPlaces = [
  "a link",
  "a link that leads nowhere",
  "a second name of a file",
  "a pipe",
] as const;

const PRECIOUS = "precious";

/**
 * Puts one of {@link oddPlaces} at a path, in place of what is there.
 *
 * @returns tells what has become of the file that a link leads to; `precious` if nothing
 */
export async function putOdd(
  context: TestContext,
  kind: (typeof oddPlaces)[number],
  path: string,
): Promise<() => Promise<string>> {
  const target = join(await emptyFolder(), "target");
  await rm(path, { recursive: true, force: true });
  if (kind === "a pipe") {
    if (process.platform === "win32") context.skip("Windows has no named pipes in folders");
    execFileSync("mkfifo", [path]);
    return () => Promise.resolve(PRECIOUS);
  }
  if (process.platform === "win32" && kind !== "a second name of a file")
    context.skip("links need a privilege on Windows");
  if (kind === "a link that leads nowhere") {
    await symlink(target, path);
    // nothing must be created there
    return () => readFile(target, "utf8").catch(() => PRECIOUS);
  }
  await writeFile(target, PRECIOUS);
  await (kind === "a link" ? symlink(target, path) : link(target, path));
  return () => readFile(target, "utf8");
}
