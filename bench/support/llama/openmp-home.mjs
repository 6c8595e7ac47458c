/**
 * A `CRIA_HOME` with the same engine and models, but with the engine's CPU backend built with OpenMP
 * (build-llama-cpp.mjs). OpenMP keeps its threads from one token to the next; the binding's own backend makes new ones for each.
 */
import { cp, readdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

import { benchFolder } from "../build-llama-cpp.mjs";
import { home, modules } from "../home.mjs";

/** @returns the folder */
export async function openmpHome(programs) {
  const folder = join(benchFolder, "openmp-home");
  await rm(folder, { recursive: true, force: true });
  await cp(join(home, "engine"), join(folder, "engine"), { recursive: true });
  await symlink(join(home, "models"), join(folder, "models"));
  const { ensureLlamaCppRuntime } = await import(`${modules}/engine/index.js`);
  const { entry } = await ensureLlamaCppRuntime({ home: folder });
  const builds = join(dirname(entry), "../../@node-llama-cpp");
  for (const build of await readdir(builds)) {
    const bins = join(builds, build, "bins", build);
    // replaces the backend for every CPU family, since any of them may be chosen here
    for (const file of await readdir(bins)) {
      if (file.startsWith("libggml-cpu-")) await cp(join(programs.bin, "libggml-cpu.so"), join(bins, file));
    }
  }
  return folder;
}
