import type { ChildProcess } from "node:child_process";

import { InterruptedError } from "./errors.js";
import { signalExitCode } from "./exit-code.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A watch over the signals that ask a process to end. */
export interface InterruptWatch {
  /** Aborted by the first of them; the reason is an {@link InterruptedError}. */
  readonly signal: AbortSignal;
  /** Gives the signals back. */
  stop(): void;
}

/** Turns the first Ctrl-C (or SIGTERM, SIGHUP) into an abort; a second one ends the process at once. */
export function watchInterrupts(): InterruptWatch {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(signalExitCode(signal));
    controller.abort(new InterruptedError(signal));
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    stop() {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}

/** A terminal sends these to every process in front of it, the child among them. */
const FROM_TERMINAL = ["SIGINT", "SIGQUIT"] as const;
const OTHERS = ["SIGTERM", "SIGHUP", "SIGUSR2"] as const;

/**
 * Passes signals on to a child that runs in our place, and survives them itself. On a terminal, Ctrl-C reaches the child
 * without us: twice would be once too often for programs that take a second one as "at once".
 *
 * @returns stops it
 */
export function forwardSignals(child: ChildProcess): () => void {
  const onTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  const ignore = () => undefined;
  const handlers = new Map<NodeJS.Signals, (signal: NodeJS.Signals) => void>([
    ...FROM_TERMINAL.map((signal) => [signal, onTerminal ? ignore : forward] as const),
    ...OTHERS.map((signal) => [signal, forward] as const),
  ]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
