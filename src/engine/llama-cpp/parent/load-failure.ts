import { basename, dirname } from "node:path";

import type { LoadFailure, LoadOptions } from "../protocol.js";

/** llama.cpp, or a model, can't be loaded. Trying again doesn't help. Its message is for the user; it ends in EngineUnavailableError's. */
export class EngineLoadError extends Error {
  override readonly name = "EngineLoadError";
  /**
   * @param what - what couldn't be loaded
   * @param reason - why, as a clause
   */
  constructor(
    readonly what: LoadFailure,
    readonly reason: string,
    options: LoadOptions,
    env: NodeJS.ProcessEnv = process.env,
  ) {
    super(describe(what, reason.trim().replace(/[.\s]+$/u, ""), options, env));
  }
}

function describe(
  what: LoadFailure,
  reason: string,
  { addonFile, modelFile, gpu }: LoadOptions,
  env: NodeJS.ProcessEnv,
): string {
  switch (what) {
    case "engine": {
      // the folder of an addon has the name of its build
      const build = basename(dirname(addonFile));
      return `The engine (${build}) can't be loaded: ${reason}. ${engineAdvice(gpu !== false, env)}`;
    }
    case "model":
      return `${modelFile} can't be loaded: ${reason}. Check that the file is whole, or download it again.`;
    case "kv-cache":
      return `${modelFile} can't have a KV cache of this type: ${reason}. Choose --kv-cache-type f16.`;
    case "memory": {
      const more = gpu === false ? "" : " `cria setup --gpu none` leaves the GPU's memory out.";
      return `There is too little memory for ${modelFile}: ${reason}. A smaller model, a smaller --context-size or fewer --sequences need less.${more}`;
    }
  }
}

function engineAdvice(gpu: boolean, env: NodeJS.ProcessEnv): string {
  if (env["CRIA_ENGINE_PACKAGE"]) {
    return "Unset CRIA_ENGINE_PACKAGE: Cria then chooses the build. `cria doctor` says more.";
  }
  return gpu
    ? "Type `cria setup --gpu none` to compute on the processor. `cria doctor` says more."
    : "Type `cria setup`: it fetches the engine again if its files are damaged. `cria doctor` says more.";
}
