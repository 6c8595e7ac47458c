import { spawn } from "node:child_process";

import { endProgram, hasGroups } from "./end-program.js";

/** Characters kept from the end of a program's output: enough for any error message. */
const KEPT_OUTPUT = 20_000;

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  /** An abort ends the program. */
  readonly signal?: AbortSignal | undefined;
}

export interface ProgramResult {
  /** The exit code, or the signal that ended the program. */
  readonly code: number | NodeJS.Signals;
  /** The end of its output, both streams together. */
  readonly output: string;
}

/**
 * Runs a program to its end, without a terminal. Its output is collected, not shown.
 *
 * @returns undefined if the program does not exist
 * @throws `signal.reason` if aborted, after the program has ended
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  { cwd, env, signal }: ProgramOptions,
): Promise<ProgramResult | undefined> {
  signal?.throwIfAborted();
  const child = spawn(file, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
    // an abort ends its children too: the shim of a version manager (pyenv) is a shell that waits for the real program
    detached: hasGroups(),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => (output = (output + text).slice(-KEPT_OUTPUT)));
  }
  const stop = () => endProgram(child);
  signal?.addEventListener("abort", stop);
  try {
    return await new Promise<ProgramResult | undefined>((resolve, reject) => {
      child.once("error", (error) => {
        if (child.pid === undefined) resolve(undefined);
        else reject(error);
      });
      child.once("close", (code, killedBy) =>
        resolve({ code: code ?? killedBy ?? 1, output: output.trim() }),
      );
    });
  } finally {
    signal?.removeEventListener("abort", stop);
    signal?.throwIfAborted();
  }
}
