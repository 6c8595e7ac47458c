// Builds dist/ from src/, from scratch, so that no file outlives its source. With --if-stale only if a source is newer: the
// first `npx cria` in a clone runs `prepare` again, and mustn't pull dist/ from under what runs.
//
// The command is bundled once more into dist/command/: Node takes half a millisecond for each file it imports, and of the 250 small
// ones that's a seventh of the time until `cria "…"` answers. Other packages stay what they are.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = new URL("../", import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, root));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

if (process.argv.includes("--if-stale") && isFresh()) process.exit(0);

rmSync(path("dist"), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, "-p", path("tsconfig.build.json")], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
await bundleCommand();

async function bundleCommand() {
  const bundle = await rolldown({
    // what starts child/child.js lies in chunks/ and looks for it from there
    input: { cria: path("dist/cli/bin.js"), "child/child": path("dist/engine/llama-cpp/child/child.js") },
    platform: "node",
    external: (id) => !id.startsWith(".") && !isAbsolute(id),
  });
  await bundle.write({
    dir: path("dist/command"),
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
  });
  await bundle.close();
  // npm makes a bin executable when it installs a package, but not in the package's own clone
  chmodSync(path("dist/command/cria.js"), 0o755);
}

function isFresh() {
  const built = path("dist/command/cria.js");
  if (!existsSync(built)) return false;
  const sources = readdirSync(path("src"), { recursive: true }).map((name) => path(`src/${name}`));
  const newest = Math.max(...[...sources, path("tsconfig.build.json")].map((file) => statSync(file).mtimeMs));
  return statSync(built).mtimeMs > newest;
}
