import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import { formatBytes, freeBytes } from "../../platform/index.js";
import { readSettings } from "../../store/index.js";
import { type Finding, messageOf, ok, problem, type Surroundings, warning } from "./finding.js";

/** Less than this, in bytes, is too little for engine and stand-in. */
const LEAST_FREE_BYTES = 500_000_000;

/** A lock whose holder hasn't touched it for this long, in ms, was left by a process that was killed. */
const LEFT_LOCK_MS = 10_000;

/** Cria's folder: whether it can be written, its disk, its settings, and locks. */
export async function checkHome({ env, home }: Surroundings): Promise<Finding[]> {
  const path = env["CRIA_HOME"] ? `${home} (CRIA_HOME)` : home;
  const findings = [];
  const there = await nearest(home);
  const writable = await access(there, constants.W_OK).then(
    () => true,
    () => false,
  );
  const isFolder = (await stat(there).catch(() => undefined))?.isDirectory() ?? false;
  if (!isFolder)
    findings.push(problem("home", `${path}: ${there} is not a folder`, "Set CRIA_HOME to a folder."));
  else if (writable)
    findings.push(ok("home", there === home ? path : `${path}, which is created when needed`));
  else {
    findings.push(
      warning(
        "home",
        `${path} can't be written`,
        "That is enough if engine and models are in it; else set CRIA_HOME to another folder.",
      ),
    );
  }
  const free = await freeBytes(there);
  if (free !== undefined) {
    findings.push(
      free < LEAST_FREE_BYTES
        ? warning("disk", `${formatBytes(free)} free`, "Engine and models need more, unless they are here.")
        : ok("disk", `${formatBytes(free)} free`),
    );
  }
  findings.push(await checkSettings(home));
  const left = await leftLocks(home);
  if (left.length > 0) {
    findings.push(
      warning(
        "locks",
        `left by a process that was ended: ${left.join(", ")}`,
        "Nothing: the next download takes them over.",
      ),
    );
  }
  return findings;
}

async function checkSettings(home: string): Promise<Finding> {
  try {
    const settings = Object.entries(await readSettings(home)).map(([name, value]) => `${name} ${value}`);
    return ok("settings", settings.length > 0 ? settings.join(", ") : "none: Cria chooses");
  } catch (error) {
    return problem(
      "settings",
      messageOf(error),
      "Nothing but the choice of stand-in and GPU is lost with it.",
    );
  }
}

/** The folder, or the closest one above that exists. */
async function nearest(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    if ((await stat(path).catch(() => undefined)) !== undefined || dirname(path) === path) return path;
  }
}

async function leftLocks(home: string): Promise<string[]> {
  const left: string[] = [];
  for (const folder of [home, join(home, "engine"), join(home, "models")]) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!name.endsWith(".lock")) continue;
      const [holder] = await readdir(join(folder, name)).catch(() => []);
      const touched = holder && (await stat(join(folder, name, holder)).catch(() => undefined))?.mtimeMs;
      if (touched && Date.now() - touched > LEFT_LOCK_MS) left.push(join(folder, name));
    }
  }
  return left;
}
