import { fileURLToPath } from "node:url";

import type { TestContext } from "vitest";

import { needsToolchain } from "./toolchain.js";

/** The example program of a compiled language, built by `npm run conformance:all`; skips the test without it. */
export function builtExample(context: TestContext, language: "go" | "rust"): string {
  const name = process.platform === "win32" ? "example.exe" : "example";
  const path = `.cache/conformance/${language}/${name}`;
  needsToolchain(context, language, [path]);
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
