import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { TestContext } from "vitest";

/** The Python of the environment that `npm test` sets up with the example's pinned packages; skips the test without it. */
export function pythonWithBoto3(context: TestContext): string {
  const relative = process.platform === "win32" ? "Scripts/python.exe" : "bin/python";
  const path = fileURLToPath(new URL(`../../.venv/${relative}`, import.meta.url));
  const ready = fileURLToPath(new URL("../../.venv/cria-requirements.txt", import.meta.url));
  if (!existsSync(path) || !existsSync(ready)) {
    context.skip("there is no Python with boto3: `npm test` sets one up where there is Python 3");
  }
  return path;
}
