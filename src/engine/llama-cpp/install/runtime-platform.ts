import { EnginePlatformError } from "../../errors.js";

/** The CPU build for each machine. All are packages of the scope `@node-llama-cpp`. */
const CPU_BUILDS: Readonly<Record<string, string>> = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "linux-arm": "linux-armv7l",
  "darwin-arm64": "mac-arm64-metal", // the only build for these machines; it also runs on the CPU alone
  "darwin-x64": "mac-x64",
  "win32-x64": "win-x64",
  "win32-arm64": "win-arm64",
};

/** What a package's name may look like, with or without the scope. */
const BUILD_NAME = /^(?:@node-llama-cpp\/)?([a-z0-9][a-z0-9-]*)$/;

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Whether the C library is musl (Alpine), for which there is no build. */
  readonly musl: boolean;
}

/** The machine this process runs on. */
export function thisMachine(): Machine {
  return { platform: process.platform, arch: process.arch, musl: process.platform === "linux" && isMusl() };
}

/**
 * The build of the engine to fetch, without its scope: `linux-x64`.
 *
 * @param env - `CRIA_ENGINE_PACKAGE` names another one, for a GPU: `linux-x64-cuda`, `linux-x64-vulkan`, `win-x64-cuda` …
 * @throws {EnginePlatformError} there is none for this machine, or `CRIA_ENGINE_PACKAGE` isn't the name of one
 */
export function engineBuild(env: NodeJS.ProcessEnv, machine: Machine = thisMachine()): string {
  const here = `${machine.platform}-${machine.arch}`;
  if (machine.musl) {
    throw new EnginePlatformError(
      `${here} (musl)`,
      "it needs the GNU C library, so use an image based on Debian or Ubuntu in place of Alpine.",
    );
  }
  const chosen = env["CRIA_ENGINE_PACKAGE"];
  if (chosen) {
    const name = BUILD_NAME.exec(chosen)?.[1];
    if (name !== undefined) return name;
    throw new EnginePlatformError(
      here,
      `CRIA_ENGINE_PACKAGE=${chosen} isn't a package of @node-llama-cpp, such as linux-x64-cuda.`,
    );
  }
  const build = CPU_BUILDS[here];
  if (build === undefined) throw new EnginePlatformError(here, "there is no ready-made build for it.");
  return build;
}

/** Node's report names the GNU C library's version, and nothing where there is another library. */
function isMusl(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined;
}
