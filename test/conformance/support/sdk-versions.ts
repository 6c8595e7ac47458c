import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where each SDK's version is pinned: the file, and a pattern for it. */
const pins: readonly (readonly [sdk: string, file: string, pattern: RegExp])[] = [
  [
    "JavaScript",
    "package-lock.json",
    /"node_modules\/@aws-sdk\/client-bedrock-runtime": \{\s*"version": "(?<version>[^"]+)"/u,
  ],
  ["boto3", "examples/python/requirements.txt", /^boto3==(?<version>\S+)$/mu],
  ["Java", "test/conformance/clients/java/pom.xml", /<aws\.version>(?<version>[^<]+)</u],
  [
    "Go (`service/bedrockruntime`)",
    "test/conformance/clients/go/go.mod",
    /aws-sdk-go-v2\/service\/bedrockruntime v(?<version>\S+)/u,
  ],
  [
    "Rust (`aws-sdk-bedrockruntime`)",
    "test/conformance/clients/rust/Cargo.toml",
    /^aws-sdk-bedrockruntime = "=(?<version>[^"]+)"$/mu,
  ],
];

/** The SDKs with the versions that the clients are built with, for a caption. */
export function sdkVersions(): readonly string[] {
  return pins.map(([sdk, file, pattern]) => {
    const path = fileURLToPath(new URL(`../../../${file}`, import.meta.url));
    const version = pattern.exec(readFileSync(path, "utf8"))?.groups?.["version"];
    if (version === undefined) throw new Error(`${file} doesn't pin a version of the SDK.`);
    return `${sdk} ${version}`;
  });
}
