import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { TestContext } from "vitest";

/** The example program of a compiled language, from the full set-up; skips the test without it. */
export function builtExample(context: TestContext, language: "go" | "rust"): string {
  const name = process.platform === "win32" ? "example.exe" : "example";
  const path = `.cache/conformance/${language}/${name}`;
  const program = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  if (!existsSync(program)) context.skip(`${path} is built by \`npm run conformance:all\``);
  return program;
}
