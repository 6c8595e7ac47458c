/**
 * The version of node-llama-cpp and of its builds: exactly the one that is tested. 3.21.1 is the newest of which every platform's build is
 * published: of 3.22.1 there are only those for Linux (2026-11-26).
 */
export const ENGINE_VERSION = "3.21.1";

/** npm's checksum of the package node-llama-cpp in {@link ENGINE_VERSION}. */
export const MAIN_INTEGRITY =
  "sha512-E3N0Ev2Va0wzydvXYFwM9Hvyo07PoWjt8T/9GMc43Cvt8YkV/NU/tYUgEMC1grTPv2o9PRjQi0G3Wb5P/awiMg==";

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

/** npm's checksum of each package in {@link ENGINE_VERSION}: what `npm view @node-llama-cpp/NAME@VERSION dist.integrity` prints. */
export const BUILD_INTEGRITY: Readonly<Record<string, string>> = {
  "linux-x64":
    "sha512-Totj6RTDMGo3FoK2yNUaz/oGmZD0olAqTrRluFUWmu0kW2i9TOzHSW0OWCAiGkzRCVX0WsU2CyUQo/W2NYtdPA==",
  "linux-x64-vulkan":
    "sha512-flEeSzONQ6OIm5bYKLQf4eEnBzcC5WugFbyPUwkCqyyOFZ8pH0H9ulQ7ZNDLSIczeKneMRJornlyY1Hq7d3GDA==",
  "linux-x64-cuda":
    "sha512-idsE55VoD/FbvLhnBC9krUJaUoC0XnebseAAnCpm/brKf61HEbu+idgbb5eN6mxkjLSrHtILprJ0nDcUJjVrFg==",
  "linux-arm64":
    "sha512-eI3anSEGzJiwF2rpMpZVTdHzw47LztbvfvuRzlu/fPO18ROnBOd+75RPUBlV6qENPpmNtbov85+3VODwEwBurg==",
  "linux-armv7l":
    "sha512-N/IaOXCQogfyDrlANRXbU2u+l0dbZ4BBqc3/Rv1xknHbRi/rX0rrOf5elPG8S9I5p9ebcU48HrRqk2d9O/LNHw==",
  "mac-arm64-metal":
    "sha512-6MIDAZV7DXD9R1+jEXWJkFuolni3GATGE6mmuyFYc6ZmtOh9djAy15df0T0AXK3sCmVKL+fQcOAWZezxx4MvQQ==",
  "mac-x64":
    "sha512-Q4nyNmbcNiKygBZQZjX+qLk2w3YzoiFpLWsxNURQN7xjyUi2p2rWxjRa7Otg0FrjGf/ri4aQ+X3Uj5Y0zD06eg==",
  "win-x64":
    "sha512-JcIpCnra7bAd7JNWA8ehdn2DIRaTMuj+fBC8bw+5rKSNzszWFbuj2XA05c5QHovonDMBLN1ePXE/hcfZtzXoUQ==",
  "win-x64-vulkan":
    "sha512-HJ237Azh5m4Sz+w3A1IU/fYLaSDOocskcfn2ILTgqTuuORCB86EMnu3Yt/XsNhRHTtEiwz1Q/E0mO4PLIbZLAA==",
  "win-x64-cuda":
    "sha512-PLz70neFEMkQTlmJqG1ujUtCSgHasLPMxQ9rLkqQVmZYAXqkRj+45TIHCjdn3XqUeaoun0vrO9rRaxZ8NVq9jg==",
  "linux-x64-cuda-ext":
    "sha512-1PuURowccBcks3CCoMe1mTHh5vD0V5bFHMUEgtbI/OSDjpP+Pdbn+lf42CGUrepTzR8kCH1HovQ7d8q6/vuIKA==",
  "win-x64-cuda-ext":
    "sha512-L2MxLVEYPDDe4O8EDWPmX6brldc9+Vt9hNoT/anj3pSnmrjkQcmaoKhHs6oP5qhEhb5Uog0rj6lgzNGtJO3p9Q==",
  "win-arm64":
    "sha512-/UDR7Y0B8iKfc/tqxBmWkcgRdZQ9Wrkwod7fYl4J6iZXcTIj286RkHvZSED7VMY67TrcUXVvxJVMNFtmjeYnDg==",
};

/**
 * The packages of a build, in the scope `@node-llama-cpp`; the first holds the addon.
 *
 * A CUDA build links version 13 of CUDA's libraries (`readelf -d`: libcudart.so.13, libcublas.so.13; on Windows cublas64_13.dll). Its `-ext`
 * package holds one more backend, for version 12 (libcudart.so.12, libcublas.so.12), and nothing else, so it needs the first one beside it.
 */
export function packagesOf(build: string): readonly [string, ...string[]] {
  return build.endsWith("-ext") ? [build.slice(0, -"-ext".length), build] : [build];
}

/**
 * Disk space for an installation, in bytes: what is unpacked, as much as was downloaded again in npm's cache, and a margin. Measured on
 * 3.21.1: node-llama-cpp and a CPU build take 85 MB, the Vulkan build 55 MB more (27 MB to download), CUDA's 160 MB more (143 MB), and its
 * `-ext` package another 374 MB (177 MB).
 */
export function installBytes(build: string): number {
  if (build.endsWith("-cuda-ext")) return 1_100_000_000;
  if (build.endsWith("-cuda")) return 560_000_000;
  return build.endsWith("-vulkan") ? 320_000_000 : 250_000_000;
}
