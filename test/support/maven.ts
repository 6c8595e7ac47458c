import { spawnSync } from "node:child_process";

import type { TestContext } from "vitest";

/** The oldest Java that the example and the conformance client are written for. */
const MIN_JAVA = 17;

/** The command that starts Maven; skips the test where there is none, or one with a Java that is too old. */
export function mavenWithJava(context: TestContext): readonly string[] {
  // on Windows it's a batch file, which only a shell starts
  const maven = process.platform === "win32" ? ["cmd", "/c", "mvn"] : ["mvn"];
  const [command = "", ...args] = maven;
  const { status, stdout } = spawnSync(command, [...args, "--version"], { encoding: "utf8" });
  if (status !== 0) context.skip("there is no Maven (`mvn`)");
  const java = /Java version: (?:1\.)?(\d+)/u.exec(stdout)?.[1];
  if (!(Number(java) >= MIN_JAVA)) {
    context.skip(`Maven runs with Java ${java ?? "of an unknown version"}, and Java ${MIN_JAVA} is needed`);
  }
  return maven;
}
