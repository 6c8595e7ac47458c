import type { ChildProcess } from "node:child_process";

import spawn from "cross-spawn";

import { ExitCode, signalExitCode } from "./exit-code.js";
import { notify } from "./output.js";
import { forwardSignals } from "./signals.js";

/**
 * Runs a program with this process's standard streams, and forwards signals to it.
 *
 * `cross-spawn` starts it, since on Windows many programs are batch files (`npm.cmd`, `mvn.cmd`), which Node's `spawn` doesn't find without
 * their ending, and refuses with it. Elsewhere `cross-spawn` is Node's `spawn`.
 *
 * @returns its exit code
 */
export function runToEnd(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) => {
      notify(spawnErrorMessage(command, error));
      resolve(error.code === "ENOENT" ? ExitCode.notFound : ExitCode.notExecutable);
    };
    let child: ChildProcess;
    try {
      child = spawn(command, args, { env, stdio: "inherit" });
    } catch (error) {
      // some errors are thrown, such as ENOTDIR and E2BIG
      fail(error as NodeJS.ErrnoException);
      return;
    }
    const stopForwarding = forwardSignals(child);
    child.once("error", (error: NodeJS.ErrnoException) => {
      stopForwarding();
      fail(error);
    });
    child.once("exit", (code, signal) => {
      stopForwarding();
      resolve(signal === null ? (code ?? ExitCode.failure) : signalExitCode(signal));
    });
  });
}

/**
 * Says why a program could not be started, and what to do.
 *
 * @param platform - @default process.platform
 */
export function spawnErrorMessage(
  command: string,
  error: NodeJS.ErrnoException,
  platform: NodeJS.Platform = process.platform,
): string {
  if (error.code === "ENOENT") {
    const hint = command.includes(" ") ? " Type the program and its arguments as separate words." : "";
    return `${command}: no such program. Check its name and your PATH.${hint}`;
  }
  if (error.code === "EACCES") {
    const advice =
      platform === "win32"
        ? "If it is a script, put the program that runs it in front, as in `cria run -- python app.py`."
        : "If it is a program, `chmod +x` makes it executable.";
    return `${command}: this file may not be executed. ${advice}`;
  }
  return `${command}: ${error.message}`;
}
