import type { TestContext } from "vitest";

/** Skips a test on Windows. @param why - what Windows lacks, as a sentence */
export function needsPosix(context: TestContext, why: string): void {
  if (process.platform === "win32") context.skip(why);
}
