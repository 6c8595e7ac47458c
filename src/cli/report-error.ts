import { InterruptedError } from "./errors.js";
import { ExitCode, signalExitCode } from "./exit-code.js";
import { explainAwsError } from "./explain-aws-error.js";
import { notify, writeError } from "./output.js";

/** Names of errors that only a different command line can avoid. */
const USAGE_ERRORS: ReadonlySet<string> = new Set([
  "UsageError",
  "CertificateError",
  "ConfigError",
  "GpuUnavailableError",
  "InvalidFaultError",
  "InvalidHostError",
  "InvalidModelMapError",
  "InvalidOriginError",
  "InvalidUpstreamError",
  "NoWeightsError",
  "UnknownKeyError",
  "UnknownModelError",
  "UnknownModelIdError",
  "UnknownPromptFormatError",
]);

/**
 * Writes to stderr what went wrong and what to do next; with `CRIA_DEBUG=1` the stack as well.
 *
 * @returns the exit code
 */
export function reportError(error: unknown): number {
  if (error instanceof InterruptedError) return signalExitCode(error.signal);
  notify(explainError(error));
  if (isDebugging()) writeError(stackOf(error));
  return error instanceof Error && USAGE_ERRORS.has(error.name) ? ExitCode.usage : ExitCode.failure;
}

function isDebugging(): boolean {
  return !["", "0", undefined].includes(process.env["CRIA_DEBUG"]);
}

/** The stack of an error and of its causes. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\nCaused by: ${stackOf(error.cause)}`;
}

/** What happened and, where there is advice, what to do next. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = messageOf(error);
  if (WITH_OWN_ADVICE.has(error.name)) return message;
  const next = explainAwsError(error) ?? ADVICE_BY_NAME[error.name];
  return next === undefined ? message : `${message}\n${next}`;
}

/** Names of errors whose message quotes other errors and already says what to do. */
const WITH_OWN_ADVICE: ReadonlySet<string> = new Set(["ModelUnavailableError"]);

const ADVICE_BY_NAME: Readonly<Record<string, string>> = {
  PortInUseError: "Type, for example, `cria serve --port 0`.",
  UnknownPromptFormatError: "Add --raw to send your text as the whole prompt.",
};

/** The message of a failed connection may be empty; its AggregateError then holds one error for each address tried. */
function messageOf(error: Error): string {
  const own =
    error instanceof AggregateError && error.message === "" ? String(error.errors[0]) : error.message;
  if (own.trim() === "") return error.name;
  // an exception of the API: its name is what the documentation and other users call it
  return "$fault" in error ? `${error.name}: ${own}` : own;
}
