import { existsSync } from "node:fs";
import { join } from "node:path";

import type { TestContext } from "vitest";

import { ENGINE_VERSION, ensureLlamaCppRuntime, type LlamaCppFiles } from "../../src/engine/index.js";
import { tinyModel } from "./gguf/tiny-model.js";
import { testHome } from "./home.js";
import { whyNotFetched } from "./toolchain.js";

/** Whether llama.cpp is installed. */
export function engineIsHere(): boolean {
  return existsSync(join(testHome(), "engine"));
}

/** Skips a test if llama.cpp isn't installed. */
export function needsEngine(context: TestContext): void {
  if (engineIsHere()) return;
  context.skip(`engine ${ENGINE_VERSION} isn't in ${testHome()}; \`npm test\` fetches it${whyNotFetched()}`);
}

/** The files of an engine that needn't answer sensibly: llama.cpp, and a tiny model with a real vocabulary. */
export async function tinyFiles(name: Parameters<typeof tinyModel>[0]): Promise<LlamaCppFiles> {
  return { runtime: await ensureLlamaCppRuntime({ home: testHome() }), modelFile: await tinyModel(name) };
}
