// What the set-ups of compiled programs share: a build is done once for each state of its sources.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The name of a program in the file system of this platform. */
export const executable = (name) => (process.platform === "win32" ? `${name}.exe` : name);

/**
 * Builds `programs` into `folder`, unless they are there and were built from these very sources.
 *
 * @param options.language what to call it in messages
 * @param options.toolchain a command that succeeds where the language can be built, as a list
 * @param options.folder where the programs and the stamp lie
 * @param options.programs the files in `folder` that the build makes
 * @param options.sources files and folders whose content decides whether to build again
 * @param options.build makes the programs; returns whether it could
 * @returns whether the programs are there; if not, why has been printed
 */
export function buildOnce({ language, toolchain, folder, programs, sources, build }) {
  const stamp = join(folder, "stamp.txt");
  const hash = hashOf(sources);
  const here = programs.every((name) => existsSync(join(folder, name)));
  if (here && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return true;

  const [command, ...args] = toolchain;
  if (spawnSync(command, args, { stdio: "ignore" }).status !== 0) {
    console.log(`There is no ${language} toolchain (\`${command}\`): the tests that need it are skipped.`);
    return false;
  }
  console.log(`Building the ${language} example and conformance client …`);
  mkdirSync(folder, { recursive: true });
  // the programs no longer match their stamp from here on
  rmSync(stamp, { force: true });
  if (!build()) {
    console.log(`The ${language} programs could not be built: the tests that need them are skipped.`);
    for (const name of programs) rmSync(join(folder, name), { force: true });
    return false;
  }
  writeFileSync(stamp, hash);
  return true;
}

/** Of names and content: a file that was renamed makes another program too. */
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
