import { readdirSync, readFileSync } from "node:fs";
import { posix, win32 } from "node:path";

/** What detection may ask about a machine. Nothing is loaded and no program is started. */
export interface LibraryFacts {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** The names in a folder; empty if it can't be read. */
  readonly list: (folder: string) => readonly string[];
  /** A file's text; undefined if it can't be read. */
  readonly read: (file: string) => string | undefined;
}

/** The libraries of GPU APIs on a machine. */
export interface GpuLibraries {
  readonly vulkan: {
    /** The folder of the Vulkan loader. */
    readonly loader: string | undefined;
    /** Whether a driver and a device are there that only trying can tell more about. Lavapipe and its like don't count. */
    readonly device: boolean;
  };
  readonly cuda: {
    /** The folder of NVIDIA's driver library. */
    readonly driver: string | undefined;
    /** The newest version of CUDA's libraries for which there is a build. */
    readonly version: 12 | 13 | undefined;
  };
}

/** The versions of CUDA that there are builds for, in order of preference. */
const CUDA_VERSIONS = [13, 12] as const;

/** Where the dynamic loader of 64-bit Linux on x64 looks without being told (ld.so(8)), and where WSL has the driver. */
const LOADER_FOLDERS = [
  "/lib/x86_64-linux-gnu",
  "/usr/lib/x86_64-linux-gnu",
  "/lib64",
  "/usr/lib64",
  "/lib",
  "/usr/lib",
  "/usr/lib/wsl/lib",
];

/** Where the Vulkan loader looks for the manifests of drivers (Vulkan-Loader, LoaderDriverInterface.md), without the user's folders. */
const DRIVER_FOLDERS = [
  "/etc/vulkan/icd.d",
  "/usr/share/vulkan/icd.d",
  "/usr/local/etc/vulkan/icd.d",
  "/usr/local/share/vulkan/icd.d",
];

/** Drivers that compute on the processor: Mesa's lavapipe, and SwiftShader. They are slower than the code for the processor itself. */
const SOFTWARE_DRIVER = /lvp|lavapipe|llvmpipe|swiftshader|swrast/iu;

/** Device files of GPUs: a driver's manifest may be there without any hardware, as Debian installs all of Mesa's at once. */
const DEVICE_FILE = /^(?:nvidia\d+|dxg|renderD\d+)$/u;

/** Facts about this machine. */
export function localFacts(env: NodeJS.ProcessEnv = process.env): LibraryFacts {
  return { platform: process.platform, env, list: listFolder, read: readText };
}

/** Looks for the libraries that the builds for GPUs need, as the system's loader does. Pure but for what `facts` does. */
export function findGpuLibraries(facts: LibraryFacts): GpuLibraries {
  if (facts.platform === "win32") return onWindows(facts);
  if (facts.platform === "linux") return onLinux(facts);
  return { vulkan: { loader: undefined, device: false }, cuda: { driver: undefined, version: undefined } };
}

/**
 * Folders of CUDA's toolkit on Linux that the loader doesn't search by itself. The engine process is started with them at the end of its
 * `LD_LIBRARY_PATH`.
 */
export function cudaFolders({ env, list }: Pick<LibraryFacts, "env" | "list">): string[] {
  const chosen = env["CUDA_PATH"];
  const installed = list("/usr/local").filter((name) => /^cuda(?:-1[23](?:\.\d+)?)?$/u.test(name));
  const roots = [...(chosen ? [chosen] : []), ...installed.map((name) => `/usr/local/${name}`)];
  return roots.map((root) => `${root}/lib64`).filter((folder) => list(folder).length > 0);
}

function onLinux(facts: LibraryFacts): GpuLibraries {
  const { env, list } = facts;
  const folders = [
    ...paths(env["LD_LIBRARY_PATH"], ":"),
    ...configuredFolders(facts),
    ...LOADER_FOLDERS,
    ...cudaFolders(facts),
  ];
  const find = (name: string) => folders.find((folder) => list(folder).includes(name));
  return {
    vulkan: {
      loader: find("libvulkan.so.1"),
      device: drivers(facts).some((file) => !SOFTWARE_DRIVER.test(file)) && hasDeviceFile(facts),
    },
    cuda: {
      driver: find("libcuda.so.1"),
      version: CUDA_VERSIONS.find((n) => find(`libcudart.so.${n}`) && find(`libcublas.so.${n}`)),
    },
  };
}

/** The folders in ld.so.conf and the files that it includes, which hold one folder a line. */
function configuredFolders({ list, read }: LibraryFacts): string[] {
  const included = list("/etc/ld.so.conf.d").filter((name) => name.endsWith(".conf"));
  const files = ["/etc/ld.so.conf", ...included.map((name) => `/etc/ld.so.conf.d/${name}`)];
  return files.flatMap((file) =>
    (read(file) ?? "")
      .split("\n")
      .map((line) => line.replace(/#.*/u, "").trim())
      .filter((folder) => posix.isAbsolute(folder)),
  );
}

/** The manifests of Vulkan drivers: those that a variable names instead of all others, or those in the folders. */
function drivers({ env, list }: LibraryFacts): string[] {
  const named = env["VK_DRIVER_FILES"] ?? env["VK_ICD_FILENAMES"];
  if (named) return paths(named, ":");
  const home = env["HOME"];
  const own = env["XDG_DATA_HOME"] ?? (home ? `${home}/.local/share` : undefined);
  const folders = [...DRIVER_FOLDERS, ...(own === undefined ? [] : [`${own}/vulkan/icd.d`])];
  return folders.flatMap((folder) => list(folder).filter((name) => name.endsWith(".json")));
}

function hasDeviceFile({ list }: LibraryFacts): boolean {
  return ["/dev", "/dev/dri"].some((folder) => list(folder).some((name) => DEVICE_FILE.test(name)));
}

/** Windows names Vulkan's drivers in its registry, which takes a program to read; trying the build tells as much. */
function onWindows({ env, list }: LibraryFacts): GpuLibraries {
  const variable = (name: string) =>
    Object.entries(env).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  const system = win32.join(variable("SystemRoot") ?? "C:\\Windows", "System32");
  const cuda = variable("CUDA_PATH");
  const folders = [
    system,
    ...paths(variable("PATH"), ";"),
    // CUDA 13 has its libraries one folder deeper than 12
    ...(cuda ? [win32.join(cuda, "bin"), win32.join(cuda, "bin", "x64")] : []),
  ];
  const find = (name: string) =>
    folders.find((folder) => list(folder).some((each) => each.toLowerCase() === name));
  const loader = find("vulkan-1.dll");
  return {
    vulkan: { loader, device: loader !== undefined },
    cuda: {
      driver: find("nvcuda.dll"),
      // the build for 13 contains cudart, that for 12 doesn't
      version: CUDA_VERSIONS.find(
        (n) => find(`cublas64_${n}.dll`) && (n === 13 || find(`cudart64_${n}.dll`)),
      ),
    },
  };
}

function paths(list: string | undefined, separator: string): string[] {
  return (list ?? "").split(separator).filter((path) => path !== "");
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
