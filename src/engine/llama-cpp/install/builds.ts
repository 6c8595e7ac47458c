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
  /** Packages in the scope `@node-llama-cpp`. The first is the default; the others are for GPUs. */
  readonly builds: readonly [string, ...string[]];
}

/** The platforms that have builds, by Node's names of operating system and processor. */
export const PLATFORMS: Readonly<Record<string, Platform>> = {
  "linux-x64": { name: "Linux x64", builds: ["linux-x64", "linux-x64-vulkan", "linux-x64-cuda"] },
  "linux-arm64": { name: "Linux arm64", builds: ["linux-arm64"] },
  "linux-arm": { name: "Linux armv7", builds: ["linux-armv7l"] },
  // the only build for Apple silicon; it can also run on the CPU alone
  "darwin-arm64": { name: "macOS arm64", builds: ["mac-arm64-metal"] },
  "darwin-x64": { name: "macOS x64", builds: ["mac-x64"] },
  "win32-x64": { name: "Windows x64", builds: ["win-x64", "win-x64-vulkan", "win-x64-cuda"] },
  "win32-arm64": { name: "Windows arm64", builds: ["win-arm64"] },
};

/** npm's checksum of each build in {@link ENGINE_VERSION}: what `npm view @node-llama-cpp/NAME@VERSION dist.integrity` prints. */
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
  "win-arm64":
    "sha512-/UDR7Y0B8iKfc/tqxBmWkcgRdZQ9Wrkwod7fYl4J6iZXcTIj286RkHvZSED7VMY67TrcUXVvxJVMNFtmjeYnDg==",
};
