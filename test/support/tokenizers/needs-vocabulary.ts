import type { TestContext } from "vitest";

import { needsToolchain } from "../toolchain.js";

/** Skips a test without Llama 4's vocabulary. Those of Llama 2 and 3 are in packages that are always there. */
export function needsLlama4(context: TestContext): void {
  needsToolchain(context, "llama4", [".cache/llama-4/tokenizer.model"]);
}
