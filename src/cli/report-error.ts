import { InterruptedError } from "./errors.js";
import { ExitCode, signalExitCode } from "./exit-code.js";
import { explainAwsError } from "./explain-aws-error.js";
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

/** One error as a person needs it: what happened and, where something can be done, what. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = messageOf(error);
  if (SAYS_WHAT_TO_DO.has(error.name)) return message;
  const next = explainAwsError(error) ?? ADVICE_BY_NAME[error.name];
  return next === undefined ? message : `${message}\n${next}`;
}

/** Errors whose message holds others', and says itself what to do. */
const SAYS_WHAT_TO_DO: ReadonlySet<string> = new Set(["ModelUnavailableError"]);

const ADVICE_BY_NAME: Readonly<Record<string, string>> = {
  PortInUseError: "As in `cria serve --port 0`.",
  UnknownPromptFormatError: "With --raw, the text you give is the whole prompt.",
};

/** Errors of the network carry their message deeper, and an AggregateError has none at all. */
function messageOf(error: Error): string {
  const own =
    error instanceof AggregateError && error.message === "" ? String(error.errors[0]) : error.message;
  if (own.trim() === "") return error.name;
  // Bedrock's refusals are known by their names
  return "$fault" in error ? `${error.name}: ${own}` : own;
}
