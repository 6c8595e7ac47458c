import { explainError } from "./explain-error.js";
import { InterruptedError } from "./errors/interrupted-error.js";
import { ExitCode, signalExitCode } from "./exit-code.js";
import { tell, writeError } from "./output.js";

/** Errors that only another command line helps against. */
const USAGE_ERRORS: ReadonlySet<string> = new Set([
  "UsageError",
  "CertificateError",
  "InvalidFaultError",
  "NoWeightsError",
  "UnknownKeyError",
  "UnknownModelError",
  "UnknownModelIdError",
  "UnknownPromptFormatError",
]);

/**
 * Tells a person what went wrong and what to do next; with `CRIA_DEBUG=1` the stack too.
 *
 * @returns the exit code
 */
export function reportError(error: unknown): number {
  if (error instanceof InterruptedError) return signalExitCode(error.signal);
  tell(explainError(error));
  if (isDebugging()) writeError(stackOf(error));
  return error instanceof Error && USAGE_ERRORS.has(error.name) ? ExitCode.usage : ExitCode.failure;
}

function isDebugging(): boolean {
  return !["", "0", undefined].includes(process.env["CRIA_DEBUG"]);
}

/** The error's stack and those of its causes. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\nCaused by: ${stackOf(error.cause)}`;
}
