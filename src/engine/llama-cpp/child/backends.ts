import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import type { BuildOptions, EngineDevices, Gpu } from "../protocol.js";
import type { Addon } from "./bindings.js";
import { LoadError } from "./load-error.js";

/** llama.cpp's levels, as the addon numbers them. */
export const LOG_LEVELS = ["disabled", "fatal", "error", "warn", "info", "log", "debug"];

/** The variable with which ggml's Vulkan backend takes the devices with these numbers, instead of all that aren't imitated by the processor. */
const VULKAN_DEVICES = "GGML_VK_VISIBLE_DEVICES";

/** Makes the Vulkan backend take the first device, whatever it is, unless the user has chosen. Must be called before it's loaded. */
export function preferSoftwareDevice(addon?: Addon): void {
  const devices = (process.env[VULKAN_DEVICES] ??= "0");
  addon?.setEnv(VULKAN_DEVICES, devices);
}

/**
 * Loads llama.cpp from a build's folder, without a model.
 *
 * @throws {LoadError} it can't be loaded, or the GPU's part of it
 */
export async function loadBackends(
  { addonFile, gpu, software }: BuildOptions,
  onLog: (level: string, message: string) => void,
): Promise<Addon> {
  const addon = requireAddon(addonFile);
  addon.markLoaded();
  addon.setLogger((level, message) => onLog(LOG_LEVELS[level] ?? "log", message));
  // what a failure says of its reason doesn't always arrive as an error; loading writes no hundred lines at this level
  addon.setLoggerLogLevel(LOG_LEVELS.indexOf("info"));
  if (software) preferSoftwareDevice(addon);
  const folder = dirname(addonFile);
  // without a folder it would also search the working directory
  addon.loadBackends(folder);
  if (gpu !== false && !addon.getGpuType()) {
    const extension = extensionFolder(addonFile);
    if (existsSync(extension)) addon.loadBackends(extension);
    if (!addon.getGpuType()) {
      throw new LoadError("engine", whyNotLoaded(gpu, existsSync(extension) ? extension : folder));
    }
  }
  await addon.init();
  return addon;
}

/** What a build computes on, once it's loaded. */
export function devicesOf(addon: Addon): EngineDevices {
  const { total, used } = addon.getGpuVramInfo();
  const { deviceNames } = addon.getGpuDeviceInfo();
  const instructions = [...addon.systemInfo().matchAll(/(\w+) = 1/gu)].map(([, name = ""]) => name);
  const gpu = addon.getGpuType() ?? false;
  return { gpu, names: deviceNames, totalBytes: total, freeBytes: total - used, instructions };
}

/** Where the `-ext` package of a CUDA build has its backend: beside the build's own package. */
function extensionFolder(addonFile: string): string {
  const folder = dirname(addonFile);
  const build = folder.split(/[\\/]/u).at(-1) ?? "";
  return join(folder, "../../..", `${build}-ext`, "bins", build, "fallback");
}

/** @throws {LoadError} the addon can't be loaded */
export function requireAddon(addonFile: string): Addon {
  try {
    return createRequire(import.meta.url)(addonFile) as Addon;
  } catch (error) {
    throw new LoadError("engine", explainLibrary(error, addonFile), { cause: error });
  }
}

/** llama.cpp skips backends that it can't load, without a word; the system's loader says why. */
function whyNotLoaded(gpu: Gpu, folder: string): string {
  const file = join(folder, process.platform === "win32" ? `ggml-${gpu}.dll` : `libggml-${gpu}.so`);
  try {
    process.dlopen({ exports: {} }, file);
  } catch (error) {
    // what can be loaded isn't a module of Node's, which is an error too
    const loads = error instanceof Error && error.message.includes("did not self-register");
    if (!loads) return explainLibrary(error, file);
  }
  return `its part for ${gpu} found no driver that it can use`;
}

/**
 * Says why the system's loader refused a library, in words and in the loader's own. The texts are those of glibc, Windows and macOS.
 *
 * @param file - the library
 */
export function explainLibrary(
  error: unknown,
  file: string,
  here: (file: string) => boolean = existsSync,
): string {
  const text = (error instanceof Error ? error.message : String(error)).split("\n")[0]?.trim() ?? "";
  const glibc = /version [`'](GLIBC(?:XX)?_[\d.]+)' not found/u.exec(text)?.[1];
  if (glibc !== undefined) {
    return `this system's ${glibc.startsWith("GLIBCXX") ? "C++" : "C"} library is older than the build needs: ${glibc.replace("_", " ")} (${text})`;
  }
  const missing = /^(?:Error: )?([^\s/\\:]+\.so[.\d]*): cannot open shared object file/u.exec(text)?.[1];
  if (missing !== undefined) return `${missing} was not found, which it needs${whereFrom(missing)}`;
  if (/cannot open shared object file|Cannot find module/u.test(text)) {
    return here(file)
      ? `${file} is built for another processor (${text})`
      : `${file} is missing: the installation is incomplete`;
  }
  if (/specified module could not be found/iu.test(text)) {
    return here(file)
      ? `a DLL that it needs was not found: vulkan-1.dll for Vulkan, CUDA's libraries for CUDA, or Microsoft's Visual C++ runtime (${text})`
      : `${file} is missing: the installation is incomplete`;
  }
  if (
    /invalid ELF header|file too short|wrong ELF class|not a valid Win32|slice is not valid|incompatible architecture|ELF load command|cannot read file data/iu.test(
      text,
    )
  ) {
    return `${file} is damaged, or built for another processor (${text})`;
  }
  return text;
}

/** Who brings a library that Cria doesn't. */
function whereFrom(library: string): string {
  if (library.startsWith("libvulkan")) return " (Debian and Ubuntu have it as libvulkan1)";
  if (library.startsWith("libcuda.so")) return " (NVIDIA's driver brings it)";
  if (library.startsWith("libcu")) return " (it belongs to the CUDA toolkit)";
  if (library.startsWith("libgomp")) return " (Debian and Ubuntu have it as libgomp1)";
  if (library.startsWith("libstdc++")) return " (Debian and Ubuntu have it as libstdc++6)";
  return "";
}
