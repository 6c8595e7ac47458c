import type { TestContext } from "vitest";

import { needsToolchain, whyNot } from "../toolchain.js";

const FILES = [".cache/llama-4/tokenizer.model"];

/** Whether Llama 4's vocabulary has been fetched. Those of Llama 2 and 3 are in packages that are always there. */
export function llama4IsHere(): boolean {
  return whyNot("llama4", FILES) === undefined;
}

/** Skips a test without Llama 4's vocabulary. */
export function needsLlama4(context: TestContext): void {
  needsToolchain(context, "llama4", FILES);
}
