import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { engineState } from "../../../../src/engine/index.js";
import { changeSettings } from "../../../../src/store/index.js";
import { emptyFolder } from "../../../support/folder.js";

/** The libraries of CUDA, in a folder of the user's. */
async function cuda(): Promise<NodeJS.ProcessEnv> {
  const folder = await emptyFolder();
  for (const name of ["libcuda.so.1", "libcudart.so.13", "libcublas.so.13"])
    await writeFile(join(folder, name), "");
  return { LD_LIBRARY_PATH: folder };
}

test.for([
  ["the processor's by itself", { build: "linux-x64" }, {}, "linux-x64-cuda"],
  ["the processor's since the user said so", { gpu: "none", build: "linux-x64" }, {}, undefined],
  ["the one that the variable names", {}, { CRIA_ENGINE_PACKAGE: "linux-x64" }, undefined],
  ["the GPU's", { build: "linux-x64-cuda" }, {}, undefined],
] as const)(
  "a GPU that isn't used is named unless that was said: %s",
  async ([, settings, env, better], context) => {
    if (process.platform !== "linux" || process.arch !== "x64")
      context.skip("the libraries are those of Linux on x64");
    const home = await emptyFolder();
    await changeSettings(home, { gpu: undefined, build: undefined, ...settings });
    expect(await engineState({ ...(await cuda()), ...env }, home)).toMatchObject({
      installed: false,
      better,
    });
  },
);
