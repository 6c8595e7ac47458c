import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { TestContext } from "vitest";

import { readToolchains, type Toolchain } from "../../scripts/toolchains.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const noted = readToolchains(root);

/** The command that sets up each toolchain. */
const commandFor = (toolchain: Toolchain) =>
  toolchain === "go" || toolchain === "rust" ? "npm run conformance:all" : "npm test";

/**
 * Why a toolchain can't be used: its message, or its registry's, from the set-up; undefined if it can be used.
 *
 * @param files - the files that the set-up makes, relative to the repository; [] if they lie elsewhere
 */
export function whyNot(toolchain: Toolchain, files: readonly string[]): string | undefined {
  const command = commandFor(toolchain);
  const why = noted[toolchain];
  if (why) return `\`${command}\` could not set it up: ${why}`;
  if (why === undefined && files.length === 0) return `\`${command}\` sets it up`;
  const missing = files.find((file) => !existsSync(`${root}${file}`));
  return missing === undefined ? undefined : `${missing} isn't there: \`${command}\` makes it`;
}

/** Skips a test without a toolchain. See {@link whyNot}. */
export function needsToolchain(
  context: TestContext,
  toolchain: Toolchain,
  files: readonly string[] = [],
): void {
  const why = whyNot(toolchain, files);
  if (why !== undefined) context.skip(`${toolchain}: ${why}`);
}

/** Why the engine or the default model couldn't be downloaded, as the end of a message; "" if no reason is known. */
export function whyNotFetched(): string {
  return noted.engine ? `: ${noted.engine}` : "";
}
