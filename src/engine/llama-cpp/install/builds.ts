import { gpuOfBuild } from "../protocol.js";

/**
 * The version of node-llama-cpp and of its builds: exactly the one that is tested. 3.21.1 is the newest of which every platform's build is
 * published: of 3.22.1 there are only those for Linux (2026-11-26).
 */
export const ENGINE_VERSION = "3.21.1";

/** A platform and the builds that run on it. */
export interface Platform {
  /** The platform in words, for messages. */
  readonly name: string;
  /** The first is for the processor alone, where there is such a build; the others are for GPUs. See {@link packagesOf}. */
  readonly builds: readonly [string, ...string[]];
}

/** The platforms that have builds, by Node's names of operating system and processor. */
export const PLATFORMS: Readonly<Record<string, Platform>> = {
  "linux-x64": {
    name: "Linux x64",
    builds: ["linux-x64", "linux-x64-vulkan", "linux-x64-cuda", "linux-x64-cuda-ext"],
  },
  "linux-arm64": { name: "Linux arm64", builds: ["linux-arm64"] },
  "linux-arm": { name: "Linux armv7", builds: ["linux-armv7l"] },
  // the only build for Apple silicon; it can also run on the CPU alone
  "darwin-arm64": { name: "macOS arm64", builds: ["mac-arm64-metal"] },
  "darwin-x64": { name: "macOS x64", builds: ["mac-x64"] },
  "win32-x64": {
    name: "Windows x64",
    builds: ["win-x64", "win-x64-vulkan", "win-x64-cuda", "win-x64-cuda-ext"],
  },
  "win32-arm64": { name: "Windows arm64", builds: ["win-arm64"] },
};

/** Every build, for whatever machine. */
export const BUILDS: ReadonlySet<string> = new Set(Object.values(PLATFORMS).flatMap(({ builds }) => builds));

/**
 * The packages of a build, in the scope `@node-llama-cpp`; the first holds the addon.
 *
 * A CUDA build links version 13 of CUDA's libraries (`readelf -d`: libcudart.so.13, libcublas.so.13; on Windows cublas64_13.dll). Its `-ext`
 * package holds one more backend, for version 12 (libcudart.so.12, libcublas.so.12), and nothing else, so it needs the first one beside it.
 */
export function packagesOf(build: string): readonly [string, ...string[]] {
  return build.endsWith("-ext") ? [build.slice(0, -"-ext".length), build] : [build];
}

/** Whether a build needs node-llama-cpp's own code too, which divides a model between the memory of the GPU and that of the machine. */
export function needsJavaScript(build: string): boolean {
  return gpuOfBuild(build) !== false;
}

/**
 * Disk space for an installation, in bytes: what is unpacked, as much as was downloaded again in npm's cache, and a margin. Measured on
 * 3.21.1: the build for the processor takes 29 MB (11 MB to download). node-llama-cpp and what it depends on take 54 MB more, the Vulkan build
 * another 55 (27 MB to download), CUDA's 160 MB (143 MB), and its `-ext` package another 374 MB (177 MB).
 */
export function installBytes(build: string): number {
  if (!needsJavaScript(build)) return 100_000_000;
  if (build.endsWith("-cuda-ext")) return 1_100_000_000;
  if (build.endsWith("-cuda")) return 560_000_000;
  return build.endsWith("-vulkan") ? 320_000_000 : 250_000_000;
}
