import type { ChildProcess } from "node:child_process";
import { isatty } from "node:tty";

import { InterruptedError } from "./errors.js";
import { signalExitCode } from "./exit-code.js";

/** SIGBREAK is Ctrl-Break on Windows; other platforms never send it. */
const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"] as const;

/** Handles the signals that ask this process to end. */
export interface InterruptWatch {
  /** Aborted by the first such signal; the reason is an {@link InterruptedError}. */
  readonly signal: AbortSignal;
  /**
   * Lets the next Ctrl-C (SIGINT) do something else than end the program; the one after it ends the program as ever.
   *
   * @returns a function that takes this back
   */
  divert(onCtrlC: () => void): () => void;
  /** Removes the handlers. */
  stop(): void;
}

/** Options of {@link watchInterrupts}. */
export interface InterruptOptions {
  /** Called for a SIGHUP instead, unless it says that this process's terminal is gone. @default SIGHUP is as the others */
  readonly onHangUp?: (() => void) | undefined;
  /** Called for the second signal, and awaited before the process ends. A third one doesn't wait. @default the second one ends it */
  readonly onSecond?: () => Promise<unknown>;
}

/** Turns the first Ctrl-C (or SIGTERM, SIGHUP, Ctrl-Break) into an abort; a second one ends the process at once. */
export function watchInterrupts({ onHangUp, onSecond }: InterruptOptions = {}): InterruptWatch {
  const controller = new AbortController();
  let isEnding = false;
  let diverted: (() => void) | undefined;
  const began = isOnTerminal();
  const onSignal = (signal: NodeJS.Signals) => {
    if (signal === "SIGHUP" && onHangUp !== undefined && isOnTerminal() === began) {
      onHangUp();
      return;
    }
    if (signal === "SIGINT" && diverted !== undefined) {
      const onCtrlC = diverted;
      diverted = undefined;
      onCtrlC();
      return;
    }
    if (!controller.signal.aborted) {
      controller.abort(new InterruptedError(signal));
      return;
    }
    const exit = () => process.exit(signalExitCode(signal));
    if (isEnding || !onSecond) exit();
    else {
      isEnding = true;
      onSecond().then(exit, exit);
    }
  };
  for (const signal of INTERRUPTS) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    divert(onCtrlC) {
      diverted = onCtrlC;
      return () => {
        if (diverted === onCtrlC) diverted = undefined;
      };
    },
    stop() {
      for (const signal of INTERRUPTS) process.off(signal, onSignal);
    },
  };
}

/** Whether this process has a terminal. One that was closed is none any more. */
function isOnTerminal(): boolean {
  return [0, 1, 2].some((descriptor) => isatty(descriptor));
}

/** A terminal sends these to its whole foreground process group, so the child gets them too. */
const FROM_TERMINAL = ["SIGINT", "SIGQUIT"] as const;
const OTHERS = ["SIGTERM", "SIGHUP", "SIGUSR2", "SIGBREAK"] as const;

/**
 * Forwards signals to a child process and keeps this process alive meanwhile. On a terminal, Ctrl-C isn't forwarded: the child
 * has it already, and many programs take a second one as "stop at once".
 *
 * On Windows nothing is forwarded: the console tells every program in it of Ctrl-C, Ctrl-Break and its closing, and `kill()`
 * would end the child at once.
 *
 * @param platform - @default process.platform
 * @returns a function that removes the handlers
 */
export function forwardSignals(
  child: Pick<ChildProcess, "kill">,
  platform: NodeJS.Platform = process.platform,
): () => void {
  const onTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  const ignore = () => undefined;
  const forward = platform === "win32" ? ignore : (signal: NodeJS.Signals) => void child.kill(signal);
  const handlers = new Map<NodeJS.Signals, (signal: NodeJS.Signals) => void>([
    ...FROM_TERMINAL.map((signal) => [signal, onTerminal ? ignore : forward] as const),
    ...OTHERS.map((signal) => [signal, forward] as const),
  ]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
