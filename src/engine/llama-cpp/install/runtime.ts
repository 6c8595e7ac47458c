import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { fileSize, runProgram } from "../../../platform/index.js";
import {
  criaHome,
  diskFullError,
  explainDiskError,
  makeRoom,
  moveOver,
  type OnProgress,
  ProgressMeter,
  withLock,
} from "../../../store/index.js";
import { EngineInstallError, EnginePlatformError } from "../../errors.js";
import { ENGINE_VERSION, installBytes, needsJavaScript, packagesOf } from "./builds.js";
import { type Lock, lockedName, projectOf } from "./lock.js";
import { findNpm, npmEnvironment } from "./runtime-npm.js";

/** node-llama-cpp's main module, as its package.json `exports` it. */
const ENTRY = "node_modules/node-llama-cpp/dist/index.js";

/** A build's native addon, which node-llama-cpp doesn't export. */
function addonOf(build: string): string {
  const [main] = packagesOf(build);
  return `node_modules/@node-llama-cpp/${main}/bins/${main}/llama-addon.node`;
}

/** The engine's program files, on disk. */
export interface LlamaCppRuntime {
  /** The folder that holds them. */
  readonly directory: string;
  /**
   * Absolute path of node-llama-cpp's main module. Only the engine process may import it, and only for a GPU: the builds for the processor
   * come without it.
   */
  readonly entry: string;
  /** Absolute path of the native addon. */
  readonly addon: string;
  /** The build, such as `linux-x64`. */
  readonly build: string;
}

/** How {@link installBuild} works. */
export interface InstallOptions {
  /** @default criaHome(env) */
  readonly home?: string | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Where a build's program files are, or would be. */
export function runtimeOf(build: string, home: string): LlamaCppRuntime {
  const directory = join(home, "engine", `node-llama-cpp-${ENGINE_VERSION}-${build}`);
  return { directory, entry: join(directory, ENTRY), addon: join(directory, addonOf(build)), build };
}

/** Whether a build's program files are there. They are put there in one step, so a part of them tells. */
export async function isInstalled({ addon, entry, build }: LlamaCppRuntime): Promise<boolean> {
  return (await isFile(addon)) && (!needsJavaScript(build) || (await isFile(entry)));
}

/**
 * Installs a build's program files in Cria's folder, unless they are there. If several processes ask at once, one installs.
 *
 * They aren't a dependency of this package because npm would then fetch 650 MB of GPU builds as well.
 *
 * @param damaged - the files are there, but have to be fetched again
 * @throws {EnginePlatformError} npm finds no such build
 * @throws {EngineInstallError} npm isn't there or failed, or what it fetched isn't what was tested
 * @throws {DiskFullError} {@link HomeNotWritableError} the files can't be written
 * @throws `signal.reason` once aborted
 */
export async function installBuild(
  build: string,
  options: InstallOptions = {},
  damaged = false,
): Promise<LlamaCppRuntime> {
  const { env = process.env, home = criaHome(env), signal } = options;
  const runtime = runtimeOf(build, home);
  const { directory } = runtime;
  if (!damaged && (await isInstalled(runtime))) return runtime;

  const label = `llama.cpp engine (${build})`;
  const meter = new ProgressMeter("engine", options.onProgress);
  const onWait = () => meter.step(`${label}: another process is fetching it`);
  const installOnce = async (held: AbortSignal) => {
    if (!damaged && (await isInstalled(runtime))) return; // another process just fetched it
    meter.step(label);
    await install(directory, build, env, held);
  };
  try {
    await withLock(`${directory}.lock`, installOnce, { onWait, signal });
  } catch (error) {
    meter.stop(label);
    throw error;
  }
  meter.finish(label);
  return runtime;
}

async function install(
  directory: string,
  build: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  const parent = dirname(directory);
  const prefix = `${basename(directory)}.new-`;
  await makeRoom(parent, installBytes(build));
  await removeLeftovers(parent, prefix);
  try {
    const draft = join(parent, prefix + randomUUID());
    await mkdir(draft);
    try {
      await runNpm(draft, build, env, signal);
      await rm(directory, { recursive: true, force: true });
      await moveOver(draft, directory);
    } finally {
      await rm(draft, { recursive: true, force: true, maxRetries: 3 });
    }
  } catch (error) {
    throw await explainDiskError(error, parent, installBytes(build));
  }
}

/** Removes what killed processes left behind. The lock is held, so no other process is installing. */
async function removeLeftovers(parent: string, prefix: string): Promise<void> {
  const names = await readdir(parent);
  for (const name of names.filter((name) => name.startsWith(prefix))) {
    await rm(join(parent, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

async function runNpm(
  directory: string,
  build: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  const npm = await findNpm(env);
  if (npm === undefined) {
    throw new EngineInstallError(
      "The engine is fetched with npm, but npm is neither beside Node nor on the PATH. Install npm, or run " +
        "`cria setup` on a machine that has it and copy its CRIA_HOME to this one.",
      "",
    );
  }
  const { manifest, lock } = projectOf(build);
  // a separate project, so that npm doesn't read the settings of another. Not by --prefix: on Windows npm takes that for the folder of
  // global packages too, and then installs the project into itself
  for (const [name, content] of Object.entries({ "package.json": manifest, "package-lock.json": lock })) {
    await writeFile(join(directory, name), JSON.stringify(content), { flag: "wx" });
  }
  const args = ["ci", "--ignore-scripts", "--omit=optional", ...NPM_FLAGS];
  const result = await runProgram(npm.file, [...npm.args, ...args], {
    cwd: directory,
    env: npmEnvironment(env),
    signal,
  });
  if (result?.code === 0 && (await isFile(join(directory, addonOf(build))))) return;
  throw await explainNpm(result?.output ?? `${npm.file} could not be started`, build, directory, lock);
}

/** Override user settings that would change the result, and keep npm quiet. */
const NPM_FLAGS = [
  "--no-global",
  // the folder may lie in another project's
  "--no-workspaces",
  "--no-dry-run",
  "--install-strategy=hoisted",
  "--no-audit",
  "--no-fund",
  "--no-update-notifier",
  "--no-progress",
  // otherwise npm would try for more than a minute before it reports that there is no network
  "--fetch-retry-mintimeout=500",
  "--fetch-retry-maxtimeout=2000",
  "--loglevel=error",
];

async function explainNpm(output: string, build: string, directory: string, lock: Lock): Promise<Error> {
  const changed = changedPackage(output, lock);
  if (changed !== undefined) return changed;
  if (
    /\b(?:ETARGET|E404|EBADPLATFORM)\b/.test(output) &&
    output.includes(`@node-llama-cpp/${packagesOf(build)[0]}`)
  ) {
    return new EnginePlatformError(
      `${process.platform}-${process.arch}`,
      `npm finds no @node-llama-cpp/${build} ${ENGINE_VERSION} for it. npm says: ${gist(output)}`,
    );
  }
  if (/\b(?:ENOSPC|EDQUOT)\b/.test(output)) {
    return diskFullError(dirname(directory), installBytes(build), output);
  }
  return new EngineInstallError(
    "npm could not fetch the engine. Without a network, run `cria setup` on a machine that has one and copy its CRIA_HOME to " +
      `this one. For a proxy or a private registry, configure npm. npm says: ${gist(output)}`,
    output,
  );
}

/** npm's words for bytes with another checksum than the lock's: that of the registry's answer, or that of what came. */
const OTHER_CHECKSUM = /wanted (sha512-[A-Za-z0-9+/=]+)(?: but got (sha512-[A-Za-z0-9+/=]+))?/;

/** The error for a package that isn't the one that was tested; undefined if npm says nothing of that. */
function changedPackage(output: string, lock: Lock): EngineInstallError | undefined {
  if (!/\bEINTEGRITY\b/.test(output)) return undefined;
  const [, wanted = "another", got = "another one"] = OTHER_CHECKSUM.exec(output) ?? [];
  return new EngineInstallError(
    `npm's registry sent ${lockedName(lock, wanted) ?? "a package"} with the checksum ${got}, but the one that Cria was tested with has ${wanted}. ` +
      "Nothing of it was kept or run. If npm is set up for a private registry or a mirror, the package is damaged or changed there.",
    output,
  );
}

/** The first lines of npm's error, without prefixes: code, system call, reason. npm's advice comes after those. */
function gist(output: string): string {
  const lines = output.split("\n").map((line) => line.replace(/^npm (?:error|ERR!) ?/, "").trim());
  return lines
    .filter((line) => line !== "" && !/^(?:npm warn|A complete log)/i.test(line))
    .slice(0, 5)
    .join("; ");
}

async function isFile(path: string): Promise<boolean> {
  return (await fileSize(path)) !== undefined;
}
