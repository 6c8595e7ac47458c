// Other versions of Node, as npm's packages for this machine, in .cache/nodes.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { attempt } from "./conformance/attempt.mjs";

const isWindows = process.platform === "win32";

/** On Windows npm is a batch file, which only a shell can start. */
const NPM = isWindows ? ["cmd", "/c", "npm"] : ["npm"];

/** @returns the program of a version, relative to the repository */
export function nodeFile(version) {
  const name = packageName();
  return join(".cache/nodes", version, "node_modules", name, isWindows ? "bin/node.exe" : "bin/node");
}

/**
 * Installs the newest Node with this version: 45 MB.
 *
 * @param version `22`, `22.23` or a whole one
 * @returns undefined, or the reason for a failure
 */
export async function installNode(root, version, env = process.env) {
  const folder = join(root, ".cache/nodes", version);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  const [npm, ...first] = NPM;
  const install = ["install", "--loglevel=error", "--ignore-scripts", "--no-package-lock"];
  return attempt(npm, [...first, ...install, `${packageName()}@${version}`], { cwd: folder, env });
}

/** The Node 22 of `npm test`. It ends the whole process if a session is destroyed too early (src/server/transport/http2.ts); a later one may not. */
export const NODE_22 = "22.23.3";

/** Fetches it once. @returns undefined, or the reason for a failure */
export async function setUpNode22(root, env) {
  return existsSync(join(root, nodeFile(NODE_22))) ? undefined : installNode(root, NODE_22, env);
}

function packageName() {
  return `node-${isWindows ? "win" : process.platform}-${process.arch}`;
}
