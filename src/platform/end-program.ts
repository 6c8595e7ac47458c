import { type ChildProcess, spawn } from "node:child_process";

/**
 * Whether a program that is to be ended with its children needs its own process group: everywhere but on Windows, which has none.
 *
 * @param platform - @default process.platform
 */
export function hasGroups(platform: NodeJS.Platform = process.platform): boolean {
  return platform !== "win32";
}

/**
 * Ends a program and the programs that it started: with a signal to its process group, or with Windows' `taskkill`.
 *
 * @param child - if {@link hasGroups}, it must have been started with `detached`
 * @param platform - @default process.platform
 */
export function endProgram(child: ChildProcess, platform: NodeJS.Platform = process.platform): void {
  if (child.pid === undefined) return;
  if (!hasGroups(platform)) {
    // without it, only the program itself ends
    const endItself = () => void child.kill();
    spawn("taskkill", ["/T", "/F", "/PID", String(child.pid)], { stdio: "ignore", windowsHide: true })
      .once("error", endItself)
      .once("exit", (code) => {
        if (code !== 0) endItself();
      });
    return;
  }
  try {
    process.kill(-child.pid);
  } catch {
    // it has just ended
  }
}
