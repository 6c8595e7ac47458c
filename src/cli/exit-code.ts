import os from "node:os";

/** The process's exit codes, where no signal ended it. */
export const ExitCode = {
  ok: 0,
  /** Something failed. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
  /** As shells use it: the program was found but can't be executed. */
  notExecutable: 126,
  /** As shells use it: there is no such program. */
  notFound: 127,
} as const;

/** Called with the exit code of a command that has one of its own: that of the program under `cria run`. */
export type OnExitCode = (code: number) => void;

/**
 * The exit code of a process that a signal ended, as shells report it: 128 + the signal's number, so 130 for Ctrl-C; 128 for a signal
 * that this platform doesn't have.
 */
export function signalExitCode(signal: NodeJS.Signals): number {
  // the type has every platform's signals, the object only this one's
  const numbers: Partial<Record<NodeJS.Signals, number>> = os.constants.signals;
  return 128 + (numbers[signal] ?? 0);
}
