// Prepares package.json for the image, in which `npm install --omit=dev` follows: what Cria can use if it's there, OpenTelemetry's packages, is installed
// too, so that `traces` works. The lock file still says which versions.
import { readFileSync, writeFileSync } from "node:fs";

const {
  devDependencies,
  peerDependencies,
  peerDependenciesMeta: _,
  ...manifest
} = JSON.parse(readFileSync("package.json", "utf8"));
for (const name of Object.keys(peerDependencies)) manifest.dependencies[name] = devDependencies[name];
writeFileSync("package.json", JSON.stringify(manifest));
