// Builds the Go example and the Go conformance client into .cache/conformance/go.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { attempt } from "./attempt.mjs";
import { buildOnce, executable } from "./build-once.mjs";

/** Takes about a minute of CPU time the first time, and none after that. @returns undefined, or the reason for a failure */
export function setUpGo(root, env) {
  const folder = join(root, ".cache/conformance/go");
  const modules = [
    [executable("example"), join(root, "examples/go")],
    [executable("client"), join(root, "test/conformance/clients/go")],
  ];
  // without debug information, which is half of a program's size, and without git, which may not be installed
  const build = (name, cwd) => {
    const args = ["build", "-buildvcs=false", "-trimpath", "-ldflags=-s -w", "-o", join(folder, name), "."];
    return attempt("go", args, { cwd, env });
  };
  return buildOnce({
    folder,
    programs: modules.map(([name]) => name),
    sources: [...modules.map(([, module]) => module), fileURLToPath(import.meta.url)],
    build: async () => (await build(...modules[0])) ?? (await build(...modules[1])),
  });
}
