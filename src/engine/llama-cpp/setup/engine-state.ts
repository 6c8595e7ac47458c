import { readSettings } from "../../../store/index.js";
import {
  buildByVariable,
  type Choice,
  choicesFor,
  ENGINE_VERSION,
  findGpuLibraries,
  isInstalled,
  localFacts,
  packagesOf,
  runtimeOf,
  thisMachine,
} from "../install/index.js";
import { askDevices, type AskOptions } from "../parent/index.js";
import { type EngineDevices, gpuOfBuild } from "../protocol.js";
import { type EngineRuntime, keptRuntime } from "./ensure-runtime.js";

/** What a home has of the engine, or would fetch. */
export interface EngineState {
  /** The version of node-llama-cpp. */
  readonly version: string;
  readonly build: string;
  /** Why this build, as the end of a sentence that begins with it. */
  readonly why: string;
  readonly directory: string;
  readonly installed: boolean;
  /** What it computes on, or why it can't be loaded, as a clause; undefined if it isn't installed. */
  readonly devices: EngineDevices | string | undefined;
  /** A build for a GPU that this machine seems to have and this home doesn't use, without having been told; undefined if there is none. */
  readonly better: string | undefined;
}

/**
 * The npm package with the build that a home has, or would fetch, such as `@node-llama-cpp/linux-x64`.
 *
 * @throws {EnginePlatformError} there is no build for this machine
 * @throws {SettingsError} the home's settings can't be read
 */
export async function enginePackage(env: NodeJS.ProcessEnv, home: string): Promise<string> {
  const { build } = await chosenRuntime(env, home);
  return `@node-llama-cpp/${packagesOf(build)[0]}`;
}

/** The runtime that a home has chosen, or would choose. */
async function chosenRuntime(env: NodeJS.ProcessEnv, home: string): Promise<EngineRuntime> {
  const kept = await keptRuntime(env, home);
  if (kept !== undefined) return kept;
  const best = bestChoice(env);
  const useGpu = gpuOfBuild(best.build) !== false;
  return { ...runtimeOf(best.build, home), why: best.why, useGpu, software: false };
}

function bestChoice(env: NodeJS.ProcessEnv): Choice {
  const [best] = choicesFor("auto", thisMachine(), findGpuLibraries(localFacts(env)));
  return best;
}

/**
 * Looks at a home's engine, and loads it in a process of its own. Nothing is fetched or changed.
 *
 * @throws {EnginePlatformError} there is no build for this machine
 * @throws {SettingsError} the home's settings can't be read
 */
export async function engineState(
  env: NodeJS.ProcessEnv,
  home: string,
  options: AskOptions = {},
): Promise<EngineState> {
  const runtime = await chosenRuntime(env, home);
  const best = bestChoice(env);
  const { addon, build, why, directory, useGpu, software } = runtime;
  const installed = await isInstalled(runtime);
  const ask = () => askDevices({ addonFile: addon, gpu: useGpu && gpuOfBuild(build), software }, options);
  const devices = installed ? await ask() : undefined;
  const isWanted = buildByVariable(env) !== undefined || (await readSettings(home)).gpu === "none";
  const unused = !isWanted && gpuOfBuild(build) === false && gpuOfBuild(best.build) !== false;
  return {
    version: ENGINE_VERSION,
    build,
    why,
    directory,
    installed,
    devices,
    better: unused ? best.build : undefined,
  };
}
