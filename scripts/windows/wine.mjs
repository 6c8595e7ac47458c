// A small Debian with Wine in a folder, made by debootstrap from the mirror that apt is set up for. What is there already isn't
// made again, so a broken run goes on where it stopped.
import { spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** The first Debian whose Wine runs Node 20 to 24: bookworm's Wine 8 breaks `fetch` and can't start Node 24. */
const SUITE = "trixie";

/** What a user's own programs don't need, and this one does. */
const NEEDED = ["debootstrap", "unshare", "chroot", "apt-get"];

/** How often what Wine's program wrote is passed on. */
const POLL_MS = 500;

/** Wine's C: drive, in the folder. */
const PREFIX = "/wine";
export const DRIVE_C = `${PREFIX}/drive_c`;

/** @returns why Wine can't be set up here, as a sentence; undefined if it can */
export function whyNoWine() {
  if (process.platform !== "linux" || process.arch !== "x64") return "Wine is set up on Linux x64 only.";
  if (process.getuid() !== 0)
    return "Only root can make the folder that Wine runs in (debootstrap, chroot, mount).";
  const missing = NEEDED.filter((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status !== 0);
  if (missing.length === 0) return undefined;
  return `${missing.join(", ")} isn't installed. On Debian and Ubuntu: apt-get install debootstrap`;
}

/**
 * Makes the folder with Debian and Wine, unless it's there: 1.3 GB and four minutes.
 *
 * @param folder where to make it
 * @throws Error with the end of the log if a step fails
 */
export function setUpWine(folder) {
  mkdirSync(folder, { recursive: true });
  const root = join(folder, "root");
  const once = (name, make) => {
    const mark = join(folder, `${name}.done`);
    if (existsSync(mark)) return;
    console.log(`Making ${folder}: ${name} …`);
    make(join(folder, `${name}.log`));
    writeFileSync(mark, "");
  };
  once("debian", (log) => {
    // debootstrap can't go on with half of a system
    rmSync(root, { recursive: true, force: true });
    logged(log, "debootstrap", ["--variant=minbase", SUITE, root, debianMirror()]);
  });
  // the names of this machine, and how it resolves those of others
  for (const file of ["/etc/hosts", "/etc/resolv.conf"]) copyFileSync(file, join(root, file));
  once("wine", (log) => {
    const install = "apt-get update && apt-get install -y --no-install-recommends wine wine64";
    logged(log, ...inside(root, ["env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", install]));
  });
  once("drive", (log) =>
    logged(
      log,
      ...inside(root, [
        "env",
        ...Object.entries(WINE_ENV).map((entry) => entry.join("=")),
        "wineboot",
        "--init",
      ]),
    ),
  );
  return root;
}

/** No windows, no messages of Wine, no offers to fetch Mono and Gecko. */
const WINE_ENV = {
  HOME: "/root",
  WINEPREFIX: PREFIX,
  WINEDEBUG: "-all",
  // Wine complains without it
  XDG_RUNTIME_DIR: "/tmp",
  WINEDLLOVERRIDES: "mscoree,mshtml=",
};

/** The mirror from which apt gets Debian itself, not its security updates and not another's packages. */
function debianMirror() {
  const format = "$(REPO_URI) $(ORIGIN) $(LABEL)";
  const { stdout } = spawnSync("apt-get", ["indextargets", "--format", format, "Created-By: Packages"], {
    encoding: "utf8",
  });
  const targets = stdout.split("\n").map((line) => line.split(" "));
  const debian = targets.find(([, origin, label]) => origin === "Debian" && label === "Debian");
  if (debian !== undefined) return debian[0];
  throw new Error("apt has no mirror of Debian: run `apt-get update` on a Debian system.");
}

/** The command that runs another inside of the folder. Its mounts end with it. Wine reads in /sys which CPUs there are. */
function inside(root, command) {
  const binds = ["dev", "sys"].map((name) => `mount --rbind /${name} "$0/${name}" && `).join("");
  const mounts = `mount -t proc proc "$0/proc" && ${binds}exec chroot "$0" "$@"`;
  return ["unshare", ["--mount", "--propagation", "private", "sh", "-c", mounts, root, ...command]];
}

function logged(log, command, args) {
  const out = openSync(log, "w");
  const { status } = spawnSync(command, args, { stdio: ["ignore", out, out] });
  closeSync(out);
  if (status === 0) return;
  throw new Error(`${command} ended with ${status}: see ${log}`);
}

/**
 * Runs a Windows program. What it writes is passed on: it goes through a file, because a Windows program that Wine gives a pipe of Linux
 * can't write into it.
 *
 * @param root what {@link setUpWine} returned
 * @param command the program and its arguments, with Windows' paths
 * @param options.cwd the working directory, with Linux' path inside of root
 * @param options.env more variables
 * @param options.quiet whether to keep its output to itself
 * @returns its exit code, and its output
 */
export async function runWine(root, command, { cwd = DRIVE_C, env = {}, quiet = false } = {}) {
  const file = join(root, "..", `output-${process.pid}.log`);
  const out = openSync(file, "w");
  const variables = Object.entries({ ...WINE_ENV, ...env }).map(([name, value]) => `${name}=${value}`);
  const [program, args] = inside(root, [
    ...["env", "-i", "PATH=/usr/bin:/bin", ...variables],
    ...["sh", "-c", 'cd "$0" && exec wine "$@"', cwd, ...command],
  ]);
  const child = spawn(program, args, { stdio: ["ignore", out, out] });
  closeSync(out);
  const from = openSync(file, "r");
  let output = "";
  const pass = () => {
    const buffer = Buffer.alloc(65_536);
    for (let length; (length = readSync(from, buffer)) > 0;) {
      const text = buffer.toString("utf8", 0, length);
      output += text;
      if (!quiet) process.stdout.write(text);
    }
  };
  const timer = setInterval(pass, POLL_MS);
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve(status ?? signal));
  });
  clearInterval(timer);
  pass();
  closeSync(from);
  rmSync(file);
  return { code, output };
}
