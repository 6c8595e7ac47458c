import os from "node:os";

/** What the process ends with. */
export const ExitCode = {
  ok: 0,
  /** Something failed. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
  /** As a shell: found, but not to be run. */
  notExecutable: 126,
  /** As a shell: no such command. */
  notFound: 127,
} as const;

/** Takes a command's exit code once it's done. */
export type OnExitCode = (code: number) => void;

/** The exit code of a process that a signal ended, as shells give it: 128 + its number, so 130 for Ctrl-C. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + os.constants.signals[signal];
}
