import type { TestContext } from "vitest";

import { needsToolchain } from "./toolchain.js";

/** The command that starts Maven; skips the test if Maven can't build the example. */
export function mavenWithJava(context: TestContext): readonly string[] {
  needsToolchain(context, "maven");
  // on Windows it's a batch file, which only a shell starts
  return process.platform === "win32" ? ["cmd", "/c", "mvn"] : ["mvn"];
}
