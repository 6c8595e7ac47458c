import { spawn } from "node:child_process";

/** The most of a program's output that is kept, from its end: enough for any error message. */
const KEPT_OUTPUT = 20_000;

/**
 * A process group of its own, so that an abort ends the program's children too: a version manager's shim (pyenv) is a
 * shell that waits for the real program.
 */
const OWN_GROUP = process.platform !== "win32";

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the program. */
  readonly signal?: AbortSignal | undefined;
}

export interface ProgramResult {
  /** The exit code, or the name of the signal that ended it. */
  readonly code: number | NodeJS.Signals;
  /** The end of what it printed, both streams together. */
  readonly output: string;
}

/**
 * Runs a program that fetches something (npm, pip) to its end, without a terminal and without showing its output.
 *
 * @returns undefined if there is no such program
 * @throws `signal.reason` once aborted, after the program has ended
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
    detached: OWN_GROUP,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => (output = (output + text).slice(-KEPT_OUTPUT)));
  }
  const stop = () => {
    try {
      if (OWN_GROUP && child.pid !== undefined) process.kill(-child.pid);
      else child.kill();
    } catch {
      // it ended in this moment
    }
  };
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
