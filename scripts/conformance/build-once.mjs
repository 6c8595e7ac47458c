// Shared by the set-ups of compiled programs: builds once for each state of the sources.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The name of a program in the file system of this platform. */
export const executable = (name) => (process.platform === "win32" ? `${name}.exe` : name);

/**
 * Builds `programs` into `folder`, unless they exist and were built from the same sources.
 *
 * @param options.folder the folder of the programs and the stamp, which checkouts of the repository may share by a link
 * @param options.programs the files in `folder` that the build makes
 * @param options.sources files and folders whose content decides whether to build again
 * @param options.build makes the programs, in the folder that it's passed: without links, since some programs contain their own path;
 *   returns the reason for a failure, or undefined
 * @returns undefined if the programs exist; else the reason for the failure
 */
export async function buildOnce({ folder, programs, sources, build }) {
  mkdirSync(folder, { recursive: true });
  const place = realpathSync(folder);
  const stamp = join(place, "stamp.txt");
  const hash = hashOf(sources, place);
  const here = programs.every((name) => existsSync(join(folder, name)));
  if (here && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return undefined;

  // from here on the programs don't match their stamp
  rmSync(stamp, { force: true });
  const why = await build(place);
  if (why === undefined) writeFileSync(stamp, hash);
  else for (const name of programs) rmSync(join(folder, name), { force: true });
  return why;
}

/** Hashes names and content: renaming a file can change the program too. Another checkout of the same sources has the same hash. */
function hashOf(sources, place) {
  const hash = createHash("sha256").update(`${place}\0`);
  for (const file of sources.flatMap(filesIn))
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex");
}

function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}
