// Shared by the set-ups of compiled programs: builds once for each state of the sources.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The name of a program in the file system of this platform. */
export const executable = (name) => (process.platform === "win32" ? `${name}.exe` : name);

/**
 * Builds `programs` into `folder`, unless they exist and were built from the same sources.
 *
 * @param options.folder the folder of the programs and the stamp
 * @param options.programs the files in `folder` that the build makes
 * @param options.sources files and folders whose content decides whether to build again
 * @param options.build makes the programs; returns the reason for a failure, or undefined
 * @returns undefined if the programs exist; else the reason for the failure
 */
export async function buildOnce({ folder, programs, sources, build }) {
  const stamp = join(folder, "stamp.txt");
  const hash = hashOf(sources);
  const here = programs.every((name) => existsSync(join(folder, name)));
  if (here && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return undefined;

  mkdirSync(folder, { recursive: true });
  // from here on the programs don't match their stamp
  rmSync(stamp, { force: true });
  const why = await build();
  if (why === undefined) writeFileSync(stamp, hash);
  else for (const name of programs) rmSync(join(folder, name), { force: true });
  return why;
}

/** Hashes names and content: renaming a file can change the program too. */
function hashOf(sources) {
  const hash = createHash("sha256");
  for (const file of sources.flatMap(filesIn))
    hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}
