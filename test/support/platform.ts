import type { TestContext } from "vitest";

/** Skips a test on Windows. @param why - what Windows lacks, as a sentence */
export function needsPosix(context: TestContext, why: string): void {
  if (process.platform === "win32") context.skip(why);
}

/** How a message names the end of a process that `process.kill(pid, "SIGKILL")` ended: on Windows Node ends it with the code 1. */
export const KILLED = process.platform === "win32" ? "exit code 1" : "signal SIGKILL";

/** What `ended` of a program is that ends itself well on SIGTERM: on Windows `kill()` ends it at once, whatever the signal. */
export const TERMINATED = process.platform === "win32" ? "SIGTERM" : 0;

/** Why a test is skipped on Windows that sends a signal which the program handles. */
export const NO_CTRL_C = "Windows can't send Ctrl-C to one process";
