import { glibcVersion } from "../../../platform/index.js";
import { EnginePlatformError } from "../../errors.js";
import { BUILDS, type Platform, PLATFORMS } from "./builds.js";

/** A package's name, with or without its scope. */
const BUILD_NAME = /^(?:@node-llama-cpp\/)?([a-z0-9][a-z0-9-]*)$/;

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Whether the C library is musl (Alpine). There is no build for it. */
  readonly musl: boolean;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  const musl = process.platform === "linux" && glibcVersion() === undefined;
  return { platform: process.platform, arch: process.arch, musl };
}

/**
 * The builds that run on a machine, without their scope: that for the processor alone first, where there is one.
 *
 * @throws {EnginePlatformError} there is none
 */
export function buildsFor(machine: Machine): Platform["builds"] {
  const key = `${machine.platform}-${machine.arch}`;
  const here = machine.musl ? `${key} (musl)` : key;
  if (machine.musl) {
    throw new EnginePlatformError(
      here,
      "there is no build for musl, the C library of Alpine Linux. In a container, use an image of Debian or Ubuntu, such as node:22-slim.",
    );
  }
  const platform = PLATFORMS[key];
  if (platform !== undefined) return platform.builds;
  const names = Object.values(PLATFORMS).map(({ name }) => name);
  throw new EnginePlatformError(here, `there is no build for it, only for ${names.join(", ")}.`);
}

/**
 * The build that `CRIA_ENGINE_PACKAGE` names; undefined if it isn't set. Whoever sets it knows why: it needn't be one for this machine.
 *
 * @throws {EnginePlatformError} there is no build for this machine, or the variable names none
 */
export function buildByVariable(
  env: NodeJS.ProcessEnv,
  machine: Machine = thisMachine(),
): string | undefined {
  const builds = buildsFor(machine);
  const chosen = env["CRIA_ENGINE_PACKAGE"];
  if (!chosen) return undefined;
  const name = BUILD_NAME.exec(chosen)?.[1];
  if (name !== undefined && BUILDS.has(name)) return name;
  throw new EnginePlatformError(
    `${machine.platform}-${machine.arch}`,
    `CRIA_ENGINE_PACKAGE=${chosen} isn't one of the builds. Of those for this machine, set ${builds.join(" or ")}.`,
  );
}
