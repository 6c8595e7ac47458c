// Builds the Go example and the Go conformance client into .cache/conformance/go.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { buildOnce, executable } from "./build-once.mjs";

/** Takes about a minute of computing the first time and nothing after that. Returns false, having printed why, where it can't be done. */
export function setUpGo(root) {
  const folder = join(root, ".cache/conformance/go");
  const modules = {
    [executable("example")]: join(root, "examples/go"),
    [executable("client")]: join(root, "test/conformance/clients/go"),
  };
  return buildOnce({
    language: "Go",
    toolchain: ["go", "version"],
    folder,
    programs: Object.keys(modules),
    sources: [...Object.values(modules), fileURLToPath(import.meta.url)],
    build: () => Object.entries(modules).every(([name, module]) => build(module, join(folder, name))),
  });
}

/** Without debug information, which is half of a program's size, and without asking git, which may be absent. */
function build(module, program) {
  const args = ["build", "-buildvcs=false", "-trimpath", "-ldflags=-s -w", "-o", program, "."];
  return spawnSync("go", args, { cwd: module, stdio: "inherit" }).status === 0;
}
