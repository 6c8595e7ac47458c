import { fileURLToPath } from "node:url";

import type { TestContext } from "vitest";

import { needsToolchain } from "./toolchain.js";

/** The Python of the environment that `npm test` sets up with the example's pinned packages; skips the test without it. */
export function pythonWithBoto3(context: TestContext): string {
  const path = process.platform === "win32" ? ".venv/Scripts/python.exe" : ".venv/bin/python";
  needsToolchain(context, "python", [path, ".venv/cria-requirements.txt"]);
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
