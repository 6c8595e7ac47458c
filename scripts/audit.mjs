// npm run audit: what comes with Cria from others. The licence of each package must be one that Cria may be passed on with, and npm's advisories must
// know no serious flaw of it. Both for the packages that Cria depends on and for those that it installs at first use (engine/).
//
// Exit code 1: a licence or a flaw that somebody must look at. Where the registry has no advisories, or can't be reached, that part is skipped and says so.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What may be passed on beside Apache-2.0, by SPDX's names: licences that ask for nothing but their text and names. */
const ALLOWED = new Set([
  ...["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD"],
  ...["BlueOak-1.0.0", "CC0-1.0", "Unlicense", "Zlib", "Python-2.0"],
]);

/** Packages with another licence, by name, with the licence that was looked at and why it is all right. */
const EXCEPTIONS = {};

/** From this level on, npm's advisories fail the run; those below are printed. */
const FAILING = new Set(["high", "critical"]);

/** How long npm's advisories may take, in ms: CI waits. */
const AUDIT_MS = 60_000;

const root = fileURLToPath(new URL("../", import.meta.url));

/** Each folder with a lock file, and the flags that leave out what isn't used. */
const PROJECTS = [
  { folder: root, what: "Cria's packages", flags: ["--omit=dev"] },
  { folder: fileURLToPath(new URL("../engine", import.meta.url)), what: "the engine's packages", flags: [] },
];

/**
 * Whether an SPDX expression lets Cria pass a package on: any of what is joined by OR, all of what is joined by AND.
 *
 * @param {string} expression
 */
export function isAllowed(expression) {
  const bare = expression.replace(/^\((.*)\)$/u, "$1");
  // mixed ones are rare enough to be looked at by a person
  if (/[()]/u.test(bare) || (/ OR /u.test(bare) && / AND /u.test(bare))) return false;
  if (/ OR /u.test(bare)) return bare.split(" OR ").some((each) => ALLOWED.has(each.trim()));
  return bare.split(" AND ").every((each) => ALLOWED.has(each.trim()));
}

/**
 * Packages of a lock file whose licence isn't allowed, as `NAME VERSION: LICENCE`.
 *
 * @param {{ packages: Record<string, { version?: string, license?: string, dev?: boolean }> }} lock
 * @param {Record<string, { license: string }>} exceptions
 */
export function doubtfulLicences({ packages }, exceptions = EXCEPTIONS) {
  return Object.entries(packages).flatMap(([path, { version, license = "none", dev = false }]) => {
    const name = path.split("node_modules/").at(-1);
    const isKnown = isAllowed(license) || exceptions[name]?.license === license;
    return path === "" || dev || isKnown ? [] : [`${name} ${version}: ${license}`];
  });
}

/**
 * Asks npm for known flaws.
 *
 * @param {string} folder with a lock file
 * @returns {Promise<{ flaws: { name: string, level: string, title: string }[] } | { skipped: string }>}
 */
export async function knownFlaws(folder, flags = [], env = process.env) {
  const { npm_execpath: script } = env;
  const [file, ...first] = script?.endsWith("npm-cli.js") ? [process.execPath, script] : ["npm"];
  const args = [...first, "audit", "--package-lock-only", "--json", "--fetch-retries=1", ...flags];
  const shell = file === "npm" && process.platform === "win32";
  const options = { cwd: folder, env, shell, timeout: AUDIT_MS, maxBuffer: 64 * 1024 * 1024 };
  // npm exits with 1 where there are flaws
  const { stdout, stderr } = await new Promise((resolve) =>
    execFile(file, args, options, (_error, stdout, stderr) => resolve({ stdout, stderr })),
  );
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    return { skipped: `npm printed no report: ${stderr.trim()}` };
  }
  const { vulnerabilities, message, error: problem } = report;
  if (vulnerabilities === undefined) return { skipped: problem?.summary || message || "npm doesn't say why" };
  const flaws = Object.values(vulnerabilities).map(({ name, severity, via }) => {
    const titles = via.map((each) => (typeof each === "string" ? `by ${each}` : each.title));
    return { name, level: severity, title: titles.join("; ") };
  });
  return { flaws };
}

async function main() {
  let failed = false;
  for (const { folder, what, flags } of PROJECTS) {
    const lock = JSON.parse(readFileSync(`${folder}/package-lock.json`, "utf8"));
    const doubtful = doubtfulLicences(lock);
    failed ||= doubtful.length > 0;
    for (const each of doubtful) console.error(`${what}: licence that nobody has looked at: ${each}`);

    const found = await knownFlaws(folder, flags);
    if ("skipped" in found) {
      console.log(`${what}: known flaws not looked for, since npm has no advisories here (${found.skipped})`);
      continue;
    }
    for (const { name, level, title } of found.flaws) {
      failed ||= FAILING.has(level);
      console.error(`${what}: ${level} flaw in ${name}: ${title}`);
    }
    console.log(`${what}: ${found.flaws.length} known flaws`);
  }
  process.exitCode = failed ? 1 : 0;
  if (failed) {
    console.error(
      "A package with a flaw is updated, or removed; a licence is added to scripts/audit.mjs once somebody has read it.",
    );
  } else console.log("Licences: all allowed.");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
