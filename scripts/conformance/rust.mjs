// Builds the Rust example and the Rust conformance client into .cache/conformance/rust.
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { attempt } from "./attempt.mjs";
import { buildOnce, executable } from "./build-once.mjs";

/** One workspace, so that the SDK is compiled once for both; no debug information, which would be most of the output. */
const WORKSPACE = `
[workspace]
members = ["example", "client"]
resolver = "3"

[profile.dev]
debug = 0
incremental = false
`;

/** Takes three minutes of CPU time and 775 MB the first time, and none after that. @returns undefined, or the reason for a failure */
export function setUpRust(root, env) {
  const folder = join(root, ".cache/conformance/rust");
  const packages = {
    example: join(root, "examples/rust"),
    client: join(root, "test/conformance/clients/rust"),
  };
  return buildOnce({
    folder,
    programs: Object.keys(packages).map(executable),
    sources: [
      ...Object.values(packages).flatMap((path) => [join(path, "Cargo.toml"), join(path, "src")]),
      fileURLToPath(import.meta.url),
    ],
    build: () => build(folder, packages, env),
  });
}

/** Builds copies: a package belongs to a workspace only if it lies below its folder, and the examples must stand alone. */
async function build(folder, packages, env) {
  const workspace = join(folder, "workspace");
  mkdirSync(workspace, { recursive: true });
  writeFileSync(join(workspace, "Cargo.toml"), WORKSPACE.trimStart());
  for (const [name, path] of Object.entries(packages)) {
    rmSync(join(workspace, name), { recursive: true, force: true });
    mkdirSync(join(workspace, name));
    cpSync(join(path, "Cargo.toml"), join(workspace, name, "Cargo.toml"));
    cpSync(join(path, "src"), join(workspace, name, "src"), { recursive: true });
  }
  const target = join(folder, "target");
  const why = await attempt("cargo", ["build", "--workspace"], {
    cwd: workspace,
    env: { ...env, CARGO_TARGET_DIR: target },
  });
  if (why !== undefined) return why;
  copyFileSync(
    join(target, "debug", executable("invoke-model-with-response-stream")),
    join(folder, executable("example")),
  );
  copyFileSync(join(target, "debug", executable("conformance-client")), join(folder, executable("client")));
  return undefined;
}
