import { GpuUnavailableError } from "../../errors.js";
import type { GpuLibraries } from "./gpu-libraries.js";
import { buildsFor, type Machine } from "./runtime-platform.js";

/** Where the engine may compute, as `cria setup --gpu` takes it. `auto` is the default. */
export const GPU_SETTINGS = ["auto", "vulkan", "cuda", "none"] as const;

/** One of {@link GPU_SETTINGS}. */
export type GpuSetting = (typeof GPU_SETTINGS)[number];

/** A build of the engine, and why it's chosen. */
export interface Choice {
  readonly build: string;
  /** As the end of a sentence that begins with the build. */
  readonly why: string;
}

/**
 * The builds to try, best first. Of `auto` the last is one that runs on every machine of its kind; of another setting there is one only.
 *
 * CUDA comes before Vulkan, as it's the faster of the two on the cards that have both. Its libraries take a gigabyte of disk and are there
 * only where somebody put them.
 *
 * @throws {GpuUnavailableError} what was asked for can't be had on this machine
 * @throws {EnginePlatformError} there is no build for this machine
 */
export function choicesFor(
  asked: GpuSetting,
  machine: Machine,
  libraries: GpuLibraries,
): readonly [Choice, ...Choice[]] {
  const builds = buildsFor(machine);
  const [plain] = builds;
  const has = (name: string) => builds.find((build) => build.endsWith(name));
  const [vulkan, cuda, cuda12] = [has("-vulkan"), has("-cuda"), has("-cuda-ext")];

  if (asked === "none") return [{ build: plain, why: "it was asked for with `--gpu none`" }];
  if (asked === "auto") {
    const { vulkan: vk, cuda: nv } = libraries;
    const last = plainChoice(plain, vulkan !== undefined);
    const cudaBuild = nv.version === 13 ? cuda : nv.version === 12 ? cuda12 : undefined;
    const why = `libraries of CUDA ${nv.version} and an NVIDIA driver were found`;
    const byCuda = nv.driver && cudaBuild ? [{ build: cudaBuild, why }] : [];
    const byVulkan =
      vk.loader && vk.device && vulkan
        ? [{ build: vulkan, why: "a Vulkan driver and a GPU were found" }]
        : [];
    const [first = last, ...others] = [...byCuda, ...byVulkan];
    return first === last ? [last] : [first, ...others, last];
  }

  const refuse = (reason: string, advice: string) => new GpuUnavailableError(asked, reason, advice);
  if (machine.platform === "darwin") {
    const metal = plain.endsWith("-metal");
    throw refuse(
      metal
        ? "macOS on Apple silicon has Metal instead"
        : "there is no GPU build for Macs with Intel processors",
      metal
        ? "Type `cria setup --gpu auto` for Metal, or `--gpu none` for the processor alone."
        : "Type `cria setup --gpu auto` or `--gpu none`: both use the processor.",
    );
  }
  const instead = "Type `cria setup --gpu auto` or `--gpu none`.";
  if (!vulkan || !cuda || !cuda12) {
    throw refuse(
      `there is no GPU build for ${machine.platform}-${machine.arch}, only for Linux and Windows on x64`,
      instead,
    );
  }
  if (asked === "vulkan") {
    const name = machine.platform === "win32" ? "vulkan-1.dll" : "libvulkan.so.1";
    if (!libraries.vulkan.loader) {
      const fix =
        machine.platform === "win32"
          ? "The driver of a graphics card brings it."
          : "Debian and Ubuntu have it as `libvulkan1`, and drivers for AMD and Intel as `mesa-vulkan-drivers`.";
      throw refuse(`the Vulkan loader, ${name}, was not found`, `${fix} ${instead}`);
    }
    return [{ build: vulkan, why: "it was asked for with `--gpu vulkan`" }];
  }
  const { driver, version } = libraries.cuda;
  const missing = [
    ...(driver
      ? []
      : [machine.platform === "win32" ? "nvcuda.dll (NVIDIA's driver)" : "libcuda.so.1 (NVIDIA's driver)"]),
    ...(version
      ? []
      : [
          machine.platform === "win32"
            ? "cublas64_13.dll, or cudart64_12.dll and cublas64_12.dll (CUDA's libraries)"
            : "libcudart.so and libcublas.so of version 13 or 12 (CUDA's libraries)",
        ]),
  ];
  if (missing.length > 0) {
    throw refuse(
      `${missing.join(" and ")} ${missing.length > 1 ? "were" : "was"} not found`,
      `Install NVIDIA's driver and the CUDA toolkit 13, or type \`cria setup --gpu vulkan\`, which needs the driver alone, or \`--gpu none\`.`,
    );
  }
  return [{ build: version === 13 ? cuda : cuda12, why: "it was asked for with `--gpu cuda`" }];
}

function plainChoice(build: string, hasGpuBuilds: boolean): Choice {
  if (build.endsWith("-metal")) return { build, why: "it is the build for Apple silicon, with Metal" };
  return {
    build,
    why: hasGpuBuilds ? "no GPU that can be used was found" : "it is the only build for this machine",
  };
}
