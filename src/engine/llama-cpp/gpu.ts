/** GPU interfaces node-llama-cpp has builds for. */
export type Gpu = "cuda" | "metal" | "vulkan";

const GPUS: readonly Gpu[] = ["cuda", "metal", "vulkan"];

/** The GPU interface a build is for, by its name: `linux-x64-cuda`; false for a build that runs on the CPU alone. */
export function gpuOfBuild(build: string): Gpu | false {
  return GPUS.find((gpu) => build.split("-").includes(gpu)) ?? false;
}
