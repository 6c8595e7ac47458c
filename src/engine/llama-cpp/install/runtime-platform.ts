import { EnginePlatformError } from "../../errors.js";

/** The CPU build for each platform. All are packages in the scope `@node-llama-cpp`. */
const CPU_BUILDS: Readonly<Record<string, string>> = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "linux-arm": "linux-armv7l",
  "darwin-arm64": "mac-arm64-metal", // the only build for this platform; it can also run on the CPU alone
  "darwin-x64": "mac-x64",
  "win32-x64": "win-x64",
  "win32-arm64": "win-arm64",
};

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
  return { platform: process.platform, arch: process.arch, musl: process.platform === "linux" && isMusl() };
}

/**
 * The engine build to fetch, without its scope, such as `linux-x64`.
 *
 * @param env - `CRIA_ENGINE_PACKAGE` selects another build, for a GPU: `linux-x64-cuda`, `linux-x64-vulkan`, `win-x64-cuda`, …
 * @throws {EnginePlatformError} there is no build for this machine, or `CRIA_ENGINE_PACKAGE` isn't the name of a build
 */
export function engineBuild(env: NodeJS.ProcessEnv, machine: Machine = thisMachine()): string {
  const here = `${machine.platform}-${machine.arch}`;
  if (machine.musl) {
    throw new EnginePlatformError(
      `${here} (musl)`,
      "it needs the GNU C library. Use an image based on Debian or Ubuntu instead of Alpine.",
    );
  }
  const chosen = env["CRIA_ENGINE_PACKAGE"];
  if (chosen) {
    const name = BUILD_NAME.exec(chosen)?.[1];
    if (name !== undefined) return name;
    throw new EnginePlatformError(
      here,
      `CRIA_ENGINE_PACKAGE=${chosen} isn't the name of a package in @node-llama-cpp, such as linux-x64-cuda.`,
    );
  }
  const build = CPU_BUILDS[here];
  if (build === undefined) throw new EnginePlatformError(here, "there is no prebuilt engine for it.");
  return build;
}

/** Node's report has the version of the GNU C library, and nothing for any other C library. */
function isMusl(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined;
}
