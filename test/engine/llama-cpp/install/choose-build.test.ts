import { describe, expect, test } from "vitest";

import {
  type Choice,
  choicesFor,
  cudaFolders,
  findGpuLibraries,
  GPU_SETTINGS,
  type GpuSetting,
  type LibraryFacts,
  type Machine,
} from "../../../../src/engine/llama-cpp/install/index.js";

/** A machine that has these files, some with a text. */
function facts(
  platform: NodeJS.Platform,
  files: Readonly<Record<string, string>> | readonly string[],
  env: NodeJS.ProcessEnv = {},
): LibraryFacts {
  const texts = Array.isArray(files)
    ? Object.fromEntries((files as readonly string[]).map((file) => [file, ""]))
    : (files as Readonly<Record<string, string>>);
  const separator = platform === "win32" ? "\\" : "/";
  const list = (folder: string) => {
    const start = folder.endsWith(separator) ? folder : folder + separator;
    const below = Object.keys(texts).filter((file) => file.startsWith(start));
    return [...new Set(below.map((file) => file.slice(start.length).split(separator)[0] ?? ""))];
  };
  return { platform, env, list, read: (file) => texts[file] };
}

const machine = (platform: NodeJS.Platform, arch: string): Machine => ({ platform, arch, musl: false });
const linux = machine("linux", "x64");
const windows = machine("win32", "x64");

const builds = (asked: GpuSetting, here: Machine, about: LibraryFacts) =>
  choicesFor(asked, here, findGpuLibraries(about)).map(({ build }: Choice) => build);

const LIBRARIES = "/usr/lib/x86_64-linux-gnu";
const VULKAN = [
  `${LIBRARIES}/libvulkan.so.1`,
  "/usr/share/vulkan/icd.d/radeon_icd.x86_64.json",
  "/dev/dri/renderD128",
];
const CUDA = (version: number) =>
  ["libcuda.so.1", `libcudart.so.${version}`, `libcublas.so.${version}`].map(
    (name) => `${LIBRARIES}/${name}`,
  );

describe("Linux on x64 chooses by itself", () => {
  test.for<[string, Readonly<Record<string, string>> | readonly string[], NodeJS.ProcessEnv, string[]]>([
    ["nothing is there", [], {}, ["linux-x64"]],
    ["a loader, a driver and a card", VULKAN, {}, ["linux-x64-vulkan", "linux-x64"]],
    ["no loader", VULKAN.slice(1), {}, ["linux-x64"]],
    ["no card, though Debian's Mesa has all drivers", VULKAN.slice(0, 2), {}, ["linux-x64"]],
    [
      "lavapipe alone",
      [`${LIBRARIES}/libvulkan.so.1`, "/usr/share/vulkan/icd.d/lvp_icd.x86_64.json", "/dev/dri/renderD128"],
      {},
      ["linux-x64"],
    ],
    ["a variable that names lavapipe alone", VULKAN, { VK_DRIVER_FILES: "/x/lvp_icd.json" }, ["linux-x64"]],
    [
      "a driver in the user's folder",
      [`${LIBRARIES}/libvulkan.so.1`, "/home/me/.local/share/vulkan/icd.d/nvidia.json", "/dev/nvidia0"],
      { HOME: "/home/me" },
      ["linux-x64-vulkan", "linux-x64"],
    ],
    ["CUDA 13", CUDA(13), {}, ["linux-x64-cuda", "linux-x64"]],
    ["CUDA 12", CUDA(12), {}, ["linux-x64-cuda-ext", "linux-x64"]],
    ["both", [...CUDA(12), ...CUDA(13)], {}, ["linux-x64-cuda", "linux-x64"]],
    ["CUDA 11", CUDA(11), {}, ["linux-x64"]],
    ["CUDA without a driver", CUDA(13).slice(1), {}, ["linux-x64"]],
    ["CUDA without cublas", CUDA(13).slice(0, 2), {}, ["linux-x64"]],
    [
      "CUDA and Vulkan",
      [...CUDA(12), ...VULKAN],
      {},
      ["linux-x64-cuda-ext", "linux-x64-vulkan", "linux-x64"],
    ],
    [
      "CUDA in a folder of LD_LIBRARY_PATH",
      ["/opt/c/libcuda.so.1", "/opt/c/libcudart.so.13", "/opt/c/libcublas.so.13"],
      { LD_LIBRARY_PATH: ":/opt/c" },
      ["linux-x64-cuda", "linux-x64"],
    ],
    [
      "CUDA in a folder of ld.so.conf.d, the driver from WSL",
      {
        "/etc/ld.so.conf.d/cuda.conf": "# CUDA\n/opt/cuda/lib # here\n",
        "/opt/cuda/lib/libcudart.so.12": "",
        "/opt/cuda/lib/libcublas.so.12": "",
        "/usr/lib/wsl/lib/libcuda.so.1": "",
      },
      {},
      ["linux-x64-cuda-ext", "linux-x64"],
    ],
    [
      "CUDA's toolkit that the loader doesn't know",
      [
        ...CUDA(13).slice(0, 1),
        "/usr/local/cuda-13.1/lib64/libcudart.so.13",
        "/usr/local/cuda-13.1/lib64/libcublas.so.13",
      ],
      {},
      ["linux-x64-cuda", "linux-x64"],
    ],
  ])("%s", ([, files, env, wanted]) => {
    expect(builds("auto", linux, facts("linux", files, env))).toEqual(wanted);
  });
});

test("CUDA's folders are the ones that hold something, the chosen one first", () => {
  const about = facts(
    "linux",
    ["/usr/local/cuda/lib64/libcudart.so.13", "/usr/local/cuda-11.8/lib64/x", "/mine/lib64/x"],
    { CUDA_PATH: "/mine" },
  );
  expect(cudaFolders(about)).toEqual(["/mine/lib64", "/usr/local/cuda/lib64"]);
});

describe("Windows on x64 chooses by itself", () => {
  const system = "D:\\Win\\System32";
  const env = { SystemRoot: "D:\\Win", Path: "C:\\a;C:\\cuda\\bin", CUDA_PATH: "C:\\cuda13" };
  test.for<[string, string[], string[]]>([
    ["nothing is there", [], ["win-x64"]],
    ["a driver's Vulkan", [`${system}\\vulkan-1.dll`], ["win-x64-vulkan", "win-x64"]],
    [
      "CUDA 13, whose build contains cudart",
      [`${system}\\nvcuda.dll`, "C:\\cuda13\\bin\\x64\\cublas64_13.dll"],
      ["win-x64-cuda", "win-x64"],
    ],
    [
      "CUDA 12 on the path",
      [`${system}\\nvcuda.dll`, "C:\\cuda\\bin\\cublas64_12.dll", "C:\\cuda\\bin\\cudart64_12.dll"],
      ["win-x64-cuda-ext", "win-x64"],
    ],
    ["CUDA 12 without cudart", [`${system}\\nvcuda.dll`, "C:\\cuda\\bin\\cublas64_12.dll"], ["win-x64"]],
  ])("%s", ([, files, wanted]) => {
    expect(builds("auto", windows, facts("win32", files, env))).toEqual(wanted);
  });
});

test.for<[NodeJS.Platform, string, string]>([
  ["darwin", "arm64", "mac-arm64-metal"],
  ["darwin", "x64", "mac-x64"],
  ["linux", "arm64", "linux-arm64"],
  ["win32", "arm64", "win-arm64"],
])("%s on %s has one build, whatever is found", ([platform, arch, build]) => {
  expect(builds("auto", machine(platform, arch), facts(platform, [...VULKAN, ...CUDA(13)]))).toEqual([build]);
  expect(builds("none", machine(platform, arch), facts(platform, []))).toEqual([build]);
});

test("none is the processor, though there is a card", () => {
  expect(builds("none", linux, facts("linux", [...VULKAN, ...CUDA(13)]))).toEqual(["linux-x64"]);
});

test("vulkan takes any device, even one that the processor imitates", () => {
  expect(builds("vulkan", linux, facts("linux", [`${LIBRARIES}/libvulkan.so.1`]))).toEqual([
    "linux-x64-vulkan",
  ]);
});

test("cuda takes the build for the version that is there", () => {
  expect(builds("cuda", linux, facts("linux", CUDA(13)))).toEqual(["linux-x64-cuda"]);
  expect(builds("cuda", linux, facts("linux", CUDA(12)))).toEqual(["linux-x64-cuda-ext"]);
});

describe("what can't be had", () => {
  test.for<[GpuSetting, Machine, readonly string[], RegExp]>([
    ["vulkan", linux, [], /libvulkan\.so\.1, was not found.*libvulkan1/u],
    ["vulkan", windows, [], /vulkan-1\.dll, was not found/u],
    ["cuda", linux, [], /libcuda\.so\.1.* and libcudart\.so.*were not found/u],
    ["cuda", linux, CUDA(13).slice(1), /libcuda\.so\.1 \(NVIDIA's driver\) was not found/u],
    ["cuda", linux, CUDA(11), /libcudart\.so and libcublas\.so of version 13 or 12.* was not found/u],
    ["cuda", windows, [], /nvcuda\.dll.* and cublas64_13\.dll.*were not found/u],
    ["cuda", machine("darwin", "arm64"), [], /Apple silicon has Metal instead.*--gpu auto` for Metal/u],
    ["vulkan", machine("darwin", "arm64"), [], /Apple silicon has Metal instead/u],
    ["vulkan", machine("darwin", "x64"), [], /no GPU build for Macs with Intel/u],
    [
      "cuda",
      machine("linux", "arm64"),
      CUDA(13),
      /no GPU build for linux-arm64, only for Linux and Windows on x64/u,
    ],
    ["vulkan", machine("win32", "arm64"), [], /no GPU build for win32-arm64/u],
  ])("%s on %o: is told, with the reason and what can be", ([asked, here, files, message]) => {
    expect(() => builds(asked, here, facts(here.platform, files))).toThrow(message);
    expect(() => builds(asked, here, facts(here.platform, files))).toThrow(/--gpu (?:auto|none)/u);
  });
});

test("the settings are those of the help", () => {
  expect(GPU_SETTINGS).toEqual(["auto", "vulkan", "cuda", "none"]);
});
