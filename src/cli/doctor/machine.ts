import { readFileSync } from "node:fs";
import os from "node:os";

import { findNpm } from "../../engine/index.js";
import { formatBytes, glibcVersion, machineMemory, usableCores } from "../../platform/index.js";
import { type Finding, ok, problem, type Surroundings, warning } from "./finding.js";

/** The oldest version that package.json `engines` allows. */
const OLDEST_NODE = [20, 19] as const;

/** The instruction sets that decide llama.cpp's speed, by the names of Linux's /proc/cpuinfo. */
const INSTRUCTIONS = [
  "avx",
  "avx2",
  "fma",
  "f16c",
  "avx512f",
  "avx512_vnni",
  "avx_vnni",
  "amx_int8",
  "asimd",
  "asimddp",
  "i8mm",
  "sve",
];

/** The operating system, the processor, what a container allows, and Node. */
export async function checkMachine({ env }: Surroundings): Promise<Finding[]> {
  const [cpu] = os.cpus();
  const all = os.cpus().length;
  const [threads, available] = [usableCores(), os.availableParallelism()];
  const [total, usable] = [os.totalmem(), machineMemory()];
  const features = instructionSets();
  const findings = [
    ok("system", `${systemName()}, ${process.platform}-${process.arch}${libc()}`),
    ok("processor", [cpu?.model.trim() ?? "unknown", `${all} threads of hardware`, ...features].join(", ")),
    ok(
      "threads",
      `${threads} to compute with${available < all ? `; this process may use ${available} of ${all}` : ""}`,
    ),
    ok(
      "memory",
      usable < total
        ? `${formatBytes(usable)} of ${formatBytes(total)}: a container's limit`
        : `${formatBytes(total)}; models may use three quarters by default (--memory-budget)`,
    ),
    checkNode(),
  ];
  const npm = await findNpm(env);
  findings.push(
    npm === undefined
      ? warning(
          "npm",
          "neither beside Node nor on the PATH",
          "The engine is fetched with npm: install it, or copy a CRIA_HOME that has the engine.",
        )
      : ok("npm", npm.args[0] ?? npm.file),
  );
  return findings;
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [oldMajor, oldMinor] = OLDEST_NODE;
  const text = `${process.version} (${process.execPath})`;
  if (major > oldMajor || (major === oldMajor && minor >= oldMinor)) return ok("node", text);
  return problem("node", text, `Cria needs Node ${oldMajor}.${oldMinor} or later.`);
}

function systemName(): string {
  const name = /^PRETTY_NAME="?([^"\n]*)/mu.exec(text("/etc/os-release"))?.[1];
  return name ?? `${os.version()} ${os.release()}`;
}

/** The C library on Linux, which decides whether there is a build. */
function libc(): string {
  if (process.platform !== "linux") return "";
  const version = glibcVersion();
  return version === undefined ? ", musl" : `, glibc ${version}`;
}

function instructionSets(): string[] {
  const flags = /^(?:flags|Features)\s*:(.*)$/mu.exec(text("/proc/cpuinfo"))?.[1]?.split(" ") ?? [];
  const found = INSTRUCTIONS.filter((name) => flags.includes(name));
  return found.length > 0 ? [found.join(" ")] : [];
}

function text(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
