/**
 * A `CRIA_HOME` with the same engine and models, where the processor's part of the engine is the one that was built with OpenMP
 * (build-llama-cpp.mjs). OpenMP keeps its threads from one token to the next; the one the binding ships makes new ones for each.
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
    // one for each family of processors: whichever is chosen here is ours
    for (const file of await readdir(bins)) {
      if (file.startsWith("libggml-cpu-")) await cp(join(programs.bin, "libggml-cpu.so"), join(bins, file));
    }
  }
  return folder;
}
