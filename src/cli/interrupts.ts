import { InterruptedError } from "./errors/interrupted-error.js";
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
