/** The command line is wrong. The message says what is wrong, why, and what to type instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A signal asked the process to end. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  constructor(readonly signal: NodeJS.Signals) {
    super(`Interrupted by ${signal}.`);
  }
}
