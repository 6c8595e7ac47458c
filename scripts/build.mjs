// Builds dist/ from src/, from scratch, so that no file outlives its source. With --if-stale only if a source is newer: the
// first `npx cria` in a clone runs `prepare` again, and mustn't pull dist/ from under what runs.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, root));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

if (process.argv.includes("--if-stale") && isFresh()) process.exit(0);

rmSync(path("dist"), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, "-p", path("tsconfig.build.json")], {
  stdio: "inherit",
});
// npm makes a bin executable when it installs a package, but not in the package's own clone
if (status === 0) chmodSync(path("dist/cli/bin.js"), 0o755);
process.exit(status ?? 1);

function isFresh() {
  const built = path("dist/cli/bin.js");
  if (!existsSync(built)) return false;
  const sources = readdirSync(path("src"), { recursive: true }).map((name) => path(`src/${name}`));
  const newest = Math.max(...[...sources, path("tsconfig.build.json")].map((file) => statSync(file).mtimeMs));
  return statSync(built).mtimeMs > newest;
}
