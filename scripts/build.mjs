// Builds dist/ from src/, from scratch, so that no file outlives its source.
import { spawnSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, root));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

rmSync(path("dist"), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, "-p", path("tsconfig.build.json")], {
  stdio: "inherit",
});
// npm makes a bin executable when it installs a package, but not in the package's own clone
if (status === 0) chmodSync(path("dist/cli/bin.js"), 0o755);
process.exit(status ?? 1);
